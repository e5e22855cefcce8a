-- Sales by department
-- What was sold in the period by department, as the documents say it, without tax; '' where they say none.
-- column department: code key
-- column documents: count
-- column customers: count
-- column net: money total
-- column share: percent = net / total net
-- drill: sale department

SELECT coalesce(department, '') AS department, count(DISTINCT document) AS documents, count(DISTINCT customer) AS customers,
    sum(net) AS net
FROM sale
WHERE day BETWEEN :from AND :to
GROUP BY coalesce(department, '')
ORDER BY sum(net) DESC, 1
