-- Stock by age
-- What stock is worth by the days since it came to its shelf, by the layers that FIFO takes from; a transfer is an
-- arrival. The total is the inventory of the books.
-- param item: only this item
-- param warehouse: only this warehouse, and what is below it
-- column item: code key
-- column name: text
-- column warehouse: code key
-- column qty: quantity
-- column age_0_30: money total
-- column age_31_60: money total
-- column age_61_90: money total
-- column age_91_180: money total
-- column age_over_180: money total
-- column value: money total

SELECT layer.item, item.name, warehouse, sum(qty) AS qty,
    sum(CASE WHEN coalesce(day, :today) >= :days_30_ago THEN value ELSE 0 END) AS age_0_30,
    sum(CASE WHEN day < :days_30_ago AND day >= :days_60_ago THEN value ELSE 0 END) AS age_31_60,
    sum(CASE WHEN day < :days_60_ago AND day >= :days_90_ago THEN value ELSE 0 END) AS age_61_90,
    sum(CASE WHEN day < :days_90_ago AND day >= :days_180_ago THEN value ELSE 0 END) AS age_91_180,
    sum(CASE WHEN day < :days_180_ago THEN value ELSE 0 END) AS age_over_180,
    sum(value) AS value
FROM layer LEFT JOIN item ON item.item = layer.item
WHERE (:item IS NULL OR layer.item = :item)
    AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
GROUP BY layer.item, warehouse
ORDER BY sum(value) DESC, layer.item, warehouse
