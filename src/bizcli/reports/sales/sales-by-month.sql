-- Sales by month
-- What was sold in each month of the period, without tax; returns and credits are taken off.
-- column month: month key
-- column documents: count
-- column customers: count
-- column net: money total
-- drill: sale month

SELECT month, count(DISTINCT document) AS documents, count(DISTINCT customer) AS customers, sum(net) AS net
FROM sale
WHERE day BETWEEN :from AND :to
GROUP BY month
ORDER BY month
