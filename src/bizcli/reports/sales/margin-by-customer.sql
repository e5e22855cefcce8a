-- Gross margin by customer
-- What each customer brought in the period less what the goods cost: sales by the day of the invoice, cost by the day
-- of the delivery, both net of returns. Goods delivered and not yet invoiced have a cost and no sales so far.
-- column customer: code key
-- column name: text
-- column net: money total
-- column cost: money total
-- column margin: money total
-- column percent: percent = margin / net
-- drill: sale customer

SELECT both.customer, customer.name, sum(net) AS net, sum(cost) AS cost, sum(net) - sum(cost) AS margin
FROM (
    SELECT customer, sum(net) AS net, 0 AS cost FROM sale WHERE day BETWEEN :from AND :to GROUP BY customer
    UNION ALL
    SELECT party, 0, sum(cost) FROM cost_of_goods JOIN document ON document.document = cost_of_goods.document
    WHERE cost_of_goods.day BETWEEN :from AND :to GROUP BY party
    UNION ALL
    SELECT party, 0, sum(cost) FROM cost_that_followed JOIN document ON document.document = cost_that_followed.document
    WHERE cost_that_followed.day BETWEEN :from AND :to GROUP BY party
) AS both LEFT JOIN customer ON customer.customer = both.customer
GROUP BY both.customer
ORDER BY margin DESC, both.customer
