-- Tickets that were late
-- Tickets that were not answered or not settled by when we had promised it, until now: by owner, or by customer, priority,
-- category or month. A ticket counts in the period in which it came in.
-- param by: owner (when absent), customer, priority, category or month
-- column key: code key
-- column tickets: count total
-- column late_replies: count total
-- column late_replies_percent: percent = late_replies / tickets
-- column late_settled: count total
-- column late_settled_percent: percent = late_settled / tickets
-- column open: count total

WITH own AS (
    SELECT CASE coalesce(:by, 'owner') WHEN 'owner' THEN owner WHEN 'customer' THEN customer WHEN 'priority' THEN priority
            WHEN 'category' THEN category WHEN 'month' THEN substr(day, 1, 7) END AS key,
        status, respond_by, responded, resolve_by, resolved
    FROM ticket WHERE day BETWEEN :from AND :to
)
SELECT coalesce(key, '') AS key, count(*) AS tickets,
    sum(coalesce(responded, :now) > respond_by) AS late_replies,
    sum(coalesce(resolved, :now) > resolve_by) AS late_settled,
    sum(status IN ('open', 'waiting')) AS open
FROM own GROUP BY 1 ORDER BY late_replies + late_settled DESC, key
