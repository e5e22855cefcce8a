-- Stock layers
-- What is left of each arrival, oldest first: the layers that FIFO takes from.
-- param item: only this item
-- param warehouse: only this warehouse, and what is below it
-- column item: code key
-- column warehouse: code
-- column day: day
-- column lot: code
-- column qty: quantity
-- column unit_cost: price = value / qty
-- column value: money total

SELECT item, warehouse, day, lot, qty, value
FROM layer
WHERE (:item IS NULL OR item = :item) AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
ORDER BY item, warehouse, day, lot
