-- Stock turnover
-- How often the stock of each item was sold in the period: the cost of what was sold over the average stock of its
-- days; and how many days the stock lasts at that rate. The period ends today at the latest.
-- column item: code key
-- column name: text
-- column opening: money total
-- column closing: money total
-- column cost: money total
-- column average: money total
-- column turnover: quantity
-- column days: count

WITH since AS (SELECT max(:from, coalesce((SELECT day FROM stock_begin), :from)) AS first, min(:to, :today) AS last),
    span AS (SELECT first, last, max(CAST(julianday(last) - julianday(first) AS INTEGER) + 1, 1) AS days FROM since),
    held AS (
        SELECT item,
            sum(CASE WHEN day < first THEN value ELSE 0 END) AS opening,
            sum(CASE WHEN day <= last THEN value ELSE 0 END) AS closing,
            sum(CASE WHEN day <= last
                THEN value / 100 * CAST(julianday(last) - julianday(max(day, first)) + 1 AS INTEGER) ELSE 0 END)
                / days / (:unit / 100) * :unit AS average
        FROM stock_worth, span GROUP BY +item
    ),
    sold AS (SELECT item, sum(cost) AS cost FROM cost, span WHERE day BETWEEN first AND last GROUP BY +item)
SELECT held.item, item.name, opening, closing, coalesce(cost, 0) AS cost, average,
    CASE WHEN average > 0 THEN CAST(round(coalesce(cost, 0) * 100.0 / average) AS INTEGER) * 10000 END AS turnover,
    CASE WHEN cost > 0 THEN CAST(round(average * 1.0 * days / cost) AS INTEGER) END AS days
FROM held JOIN span LEFT JOIN sold ON sold.item = held.item LEFT JOIN item ON item.item = held.item
WHERE opening <> 0 OR closing <> 0 OR average <> 0 OR cost <> 0
ORDER BY average DESC, held.item
