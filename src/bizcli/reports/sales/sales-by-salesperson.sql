-- Sales by salesperson
-- What was sold in the period by salesperson, as the documents say it, without tax; '' where they say none.
-- column salesperson: code key
-- column name: text
-- column documents: count
-- column customers: count
-- column net: money total
-- column share: percent = net / total net
-- drill: sale salesperson

SELECT coalesce(sale.salesperson, '') AS salesperson, name, count(DISTINCT document) AS documents, count(DISTINCT customer) AS customers,
    sum(net) AS net
FROM sale LEFT JOIN staff ON staff.salesperson = sale.salesperson
WHERE day BETWEEN :from AND :to
GROUP BY coalesce(sale.salesperson, '')
ORDER BY sum(net) DESC, 1
