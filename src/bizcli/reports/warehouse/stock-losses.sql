-- Stock lost and found
-- What went without being sold, and what was found, by reason, item and warehouse: adjustments, and what counts found
-- to differ. The value is what stands on the accounts of the reasons.
-- param item: only this item
-- param warehouse: only this warehouse, and what is below it
-- column reason: code key
-- column item: code key
-- column name: text
-- column warehouse: code key
-- column lost: quantity
-- column found: quantity
-- column lost_value: money total
-- column found_value: money total
-- column value: money total

SELECT reason, adjusted.item, item.name, warehouse,
    sum(CASE WHEN qty < 0 THEN -qty ELSE 0 END) AS lost, sum(CASE WHEN qty > 0 THEN qty ELSE 0 END) AS found,
    sum(CASE WHEN value < 0 THEN -value ELSE 0 END) AS lost_value,
    sum(CASE WHEN value > 0 THEN value ELSE 0 END) AS found_value, sum(value) AS value
FROM adjusted LEFT JOIN item ON item.item = adjusted.item
WHERE day BETWEEN :from AND :to AND (:item IS NULL OR adjusted.item = :item)
    AND (:warehouse IS NULL OR warehouse IN (SELECT warehouse FROM within WHERE whole = :warehouse))
GROUP BY reason, adjusted.item, warehouse
ORDER BY sum(value), reason, adjusted.item, warehouse
