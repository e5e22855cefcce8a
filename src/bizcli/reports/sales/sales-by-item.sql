-- Sales by item
-- What of each item was sold in the period, without tax; returns and credits are taken off.
-- column item: code key
-- column name: text
-- column documents: count
-- column qty: quantity
-- column net: money total
-- column price: price = net / qty
-- column share: percent = net / total net
-- drill: sale item

SELECT sale.item, item.name, count(DISTINCT document) AS documents, sum(qty) AS qty, sum(net) AS net
FROM sale LEFT JOIN item ON item.item = sale.item
WHERE day BETWEEN :from AND :to
GROUP BY sale.item
ORDER BY sum(net) DESC, sale.item
