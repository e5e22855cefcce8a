-- Expiring stock
-- Lots that have expired or will within so many days, the first of them first.
-- param days: within so many days; 30 when absent
-- param item: only this item
-- param warehouse: only this warehouse, and what is below it
-- column item: code key
-- column name: text
-- column warehouse: code key
-- column lot: code key
-- column expiry: day
-- column days_left: count
-- column qty: quantity

SELECT lot.item, item.name, lot.warehouse, lot, expiry, CAST(julianday(expiry) - julianday(:today) AS INTEGER) AS days_left,
    lot.qty
FROM lot LEFT JOIN item ON item.item = lot.item
WHERE expiry IS NOT NULL AND julianday(expiry) - julianday(:today) <= CAST(coalesce(:days, 30) AS INTEGER)
    AND (:item IS NULL OR lot.item = :item)
    AND (:warehouse IS NULL OR lot.warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
ORDER BY expiry, lot.item, lot.warehouse, lot
