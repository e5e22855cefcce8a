-- Sales by shop
-- What was sold in the period by shop, as the documents say it, without tax; '' where they say none.
-- column shop: code key
-- column name: text
-- column documents: count
-- column customers: count
-- column net: money total
-- column share: percent = net / total net
-- drill: sale shop

SELECT coalesce(shop, '') AS shop, warehouse.name AS name, count(DISTINCT document) AS documents, count(DISTINCT customer) AS customers,
    sum(net) AS net
FROM sale LEFT JOIN warehouse ON warehouse.warehouse = shop
WHERE day BETWEEN :from AND :to
GROUP BY coalesce(shop, '')
ORDER BY sum(net) DESC, 1
