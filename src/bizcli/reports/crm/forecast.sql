-- Forecast
-- What each person won in the period, what may still be decided in it (all, and by how likely it is), and what that
-- comes to beside their quota. What should have been decided before today may be decided in the period of today; what
-- has no expected day counts only without a period.
-- param owner: only this person's
-- column owner: code key
-- column name: text
-- column quota: money total
-- column won: money total
-- column won_share: percent = won / quota
-- column open: money total
-- column weighted: money total
-- column forecast: money total
-- column forecast_share: percent = forecast / quota

WITH RECURSIVE span AS (
        SELECT max(:from, coalesce((SELECT min(since) FROM quota), :from)) AS first, min(:to, max(:today, :from)) AS last
    ),
    month (day) AS (
        SELECT substr(first, 1, 7) || '-01' FROM span WHERE EXISTS (SELECT 1 FROM quota)
        UNION ALL
        SELECT date(day, '+1 month') FROM month, span
        WHERE date(day, '+1 month') <= CASE WHEN :to < '9999' THEN :to ELSE last END
    ),
    goal AS (
        SELECT salesperson AS owner, sum(amount * n / months) AS quota FROM (
            SELECT salesperson, amount, months, count(*) AS n
            FROM month JOIN quota ON quota.since = (
                SELECT max(since) FROM quota AS other WHERE other.salesperson = quota.salesperson AND other.since <= month.day
            )
            GROUP BY salesperson, since
        ) GROUP BY salesperson
    ),
    found AS (
        SELECT owner, 0 AS quota, amount AS won, 0 AS open, 0 AS weighted
        FROM opportunity WHERE status = 'won' AND closed BETWEEN :from AND :to
        UNION ALL
        SELECT owner, 0, 0, amount, weighted FROM hoped
        WHERE expected BETWEEN :from AND :to OR (coalesce(expected, '9998') < :today AND :today BETWEEN :from AND :to)
            OR (expected IS NULL AND :to > '9998')
        UNION ALL
        SELECT owner, quota, 0, 0, 0 FROM goal
    )
SELECT coalesce(owner, '') AS owner, staff.name, sum(quota) AS quota, sum(won) AS won, sum(open) AS open,
    sum(weighted) AS weighted, sum(won) + sum(weighted) AS forecast
FROM found LEFT JOIN staff ON staff.salesperson = found.owner
WHERE :owner IS NULL OR owner = :owner
GROUP BY coalesce(owner, '')
ORDER BY sum(won) + sum(weighted) DESC, 1
