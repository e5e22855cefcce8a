-- Purchases by supplier
-- What each supplier billed in the period, without tax that is recovered.
-- param item: only this item
-- column supplier: code key
-- column name: text
-- column documents: count
-- column net: money total
-- column share: percent = net / total net
-- drill: purchase supplier

SELECT purchase.supplier, supplier.name, count(DISTINCT document) AS documents, sum(net) AS net
FROM purchase LEFT JOIN supplier ON supplier.supplier = purchase.supplier
WHERE day BETWEEN :from AND :to AND (:item IS NULL OR item = :item)
GROUP BY purchase.supplier
ORDER BY sum(net) DESC, purchase.supplier
