-- ABC of items
-- Items by their share of sales, or of the cost of what was sold: A are those that make the first 80 percent, B those
-- up to 95, C the rest.
-- param by: revenue (when absent), or consumption: the cost of what was sold
-- column item: code key
-- column name: text
-- column class: code
-- column value: money total
-- column share: percent = value / total value

WITH worth AS (
    SELECT item, net AS value FROM sale WHERE day BETWEEN :from AND :to AND coalesce(:by, 'revenue') <> 'consumption'
    UNION ALL
    SELECT item, cost FROM cost WHERE day BETWEEN :from AND :to AND :by = 'consumption'
),
    whole AS (SELECT item, sum(value) AS value FROM worth GROUP BY item),
    ranked AS (
        SELECT item, value, sum(max(value, 0)) OVER (ORDER BY value DESC, item) - max(value, 0) AS before,
            sum(max(value, 0)) OVER () AS total
        FROM whole
    )
SELECT ranked.item, item.name,
    CASE WHEN value <= 0 THEN 'C' WHEN before * 1.0 < total * 0.8 THEN 'A' WHEN before * 1.0 < total * 0.95 THEN 'B' ELSE 'C' END AS class,
    value
FROM ranked LEFT JOIN item ON item.item = ranked.item
ORDER BY value DESC, ranked.item
