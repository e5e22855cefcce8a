-- Gross margin by item
-- What each item brought in the period less what it cost: sales by the day of the invoice, cost by the day of the
-- delivery, both net of returns. Goods delivered and not yet invoiced have a cost and no sales so far.
-- column item: code key
-- column name: text
-- column sold: quantity
-- column net: money total
-- column cost: money total
-- column margin: money total
-- column percent: percent = margin / net
-- drill: sale item

SELECT both.item, item.name, sum(sold) AS sold, sum(net) AS net, sum(cost) AS cost, sum(net) - sum(cost) AS margin
FROM (
    SELECT item, sum(qty) AS sold, sum(net) AS net, 0 AS cost FROM sale WHERE day BETWEEN :from AND :to GROUP BY item
    UNION ALL
    SELECT item, 0, 0, sum(cost) FROM cost_of_goods WHERE day BETWEEN :from AND :to GROUP BY item
    UNION ALL
    SELECT item, 0, 0, sum(cost) FROM cost_that_followed WHERE day BETWEEN :from AND :to GROUP BY item
) AS both LEFT JOIN item ON item.item = both.item
GROUP BY both.item
ORDER BY margin DESC, both.item
