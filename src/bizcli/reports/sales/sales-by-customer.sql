-- Sales by customer
-- What each customer bought in the period, without tax; returns and credits are taken off.
-- column customer: code key
-- column name: text
-- column documents: count
-- column qty: quantity
-- column net: money total
-- column share: percent = net / total net
-- drill: sale customer

SELECT sale.customer, customer.name, count(DISTINCT document) AS documents, sum(qty) AS qty, sum(net) AS net
FROM sale LEFT JOIN customer ON customer.customer = sale.customer
WHERE day BETWEEN :from AND :to
GROUP BY sale.customer
ORDER BY sum(net) DESC, sale.customer
