-- Purchases by item
-- What was billed of each item in the period, without tax that is recovered; rent, freight and the like have no item.
-- param supplier: only of this supplier
-- column item: code key
-- column name: text
-- column qty: quantity
-- column net: money total
-- column price: price = net / qty
-- column share: percent = net / total net
-- drill: purchase item

SELECT purchase.item, item.name, sum(qty) AS qty, sum(net) AS net
FROM purchase LEFT JOIN item ON item.item = purchase.item
WHERE day BETWEEN :from AND :to AND (:supplier IS NULL OR supplier = :supplier)
GROUP BY purchase.item
ORDER BY sum(net) DESC, purchase.item
