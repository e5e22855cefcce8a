-- Stock value
-- What lies in each warehouse now and what it is worth, at the cost that the books have it at.
-- param warehouse: only this warehouse, and what is below it
-- column item: code key
-- column name: text
-- column warehouse: code
-- column qty: quantity
-- column unit_cost: price = value / qty
-- column value: money total

SELECT stock.item, item.name, warehouse, qty, value
FROM stock LEFT JOIN item ON item.item = stock.item
WHERE (qty <> 0 OR value <> 0) AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
ORDER BY stock.item, warehouse
