-- Dead stock
-- What lies in a warehouse although nothing of it left there, and nothing came, for so many days; the longest first.
-- param days: for so many days or more; 90 when absent
-- param warehouse: only this warehouse, and what is below it
-- column item: code key
-- column name: text
-- column warehouse: code key
-- column since: day
-- column idle: count
-- column qty: quantity
-- column value: money total

WITH gone AS (
    SELECT item, warehouse, max(day) AS day FROM stock_change WHERE qty < 0 GROUP BY item, warehouse
),
    come AS (SELECT item, warehouse, max(day) AS day FROM layer GROUP BY item, warehouse),
    idle AS (
        SELECT stock.item, stock.warehouse, stock.qty, stock.value, max(coalesce(gone.day, ''), coalesce(come.day, '')) AS since
        FROM stock LEFT JOIN gone ON gone.item = stock.item AND gone.warehouse = stock.warehouse
            LEFT JOIN come ON come.item = stock.item AND come.warehouse = stock.warehouse
        WHERE stock.qty > 0
    )
SELECT idle.item, item.name, warehouse, since, CAST(julianday(:today) - julianday(since) AS INTEGER) AS idle, qty, value
FROM idle LEFT JOIN item ON item.item = idle.item
WHERE julianday(:today) - julianday(since) >= CAST(coalesce(:days, 90) AS INTEGER)
    AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
ORDER BY since, value DESC, idle.item, warehouse
