-- Sales by project
-- What was sold in the period by project, as the documents say it, without tax; '' where they say none.
-- column project: code key
-- column documents: count
-- column customers: count
-- column net: money total
-- column share: percent = net / total net
-- drill: sale project

SELECT coalesce(project, '') AS project, count(DISTINCT document) AS documents, count(DISTINCT customer) AS customers,
    sum(net) AS net
FROM sale
WHERE day BETWEEN :from AND :to
GROUP BY coalesce(project, '')
ORDER BY sum(net) DESC, 1
