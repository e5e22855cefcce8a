-- Purchases by month
-- What was billed in each month, without tax that is recovered.
-- param supplier: only of this supplier
-- param item: only this item
-- column month: month key
-- column documents: count
-- column net: money total

SELECT month, count(DISTINCT document) AS documents, sum(net) AS net
FROM purchase
WHERE day BETWEEN :from AND :to AND (:supplier IS NULL OR supplier = :supplier) AND (:item IS NULL OR item = :item)
GROUP BY month
ORDER BY month
