-- Transfers in transit
-- Goods that have left a warehouse and not reached the next, by transfer, at the cost that they left with.
-- param item: only this item
-- param warehouse: only what goes to this warehouse, and to what is below it
-- column transfer: code key
-- column day: day
-- column origin: code
-- column warehouse: code
-- column expected: day
-- column item: code key
-- column name: text
-- column qty: quantity
-- column value: money total

SELECT transfer, day, origin, warehouse, expected, under_way.item, item.name, qty, value
FROM under_way LEFT JOIN item ON item.item = under_way.item
WHERE (:item IS NULL OR under_way.item = :item)
    AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
ORDER BY expected, transfer, under_way.item
