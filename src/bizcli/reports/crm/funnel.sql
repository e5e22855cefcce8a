-- Funnel
-- Opportunities that were opened in the period: how many came to each stage or beyond, what part that is of all and of
-- those of the stage before; how many are there now, what they may bring, and that by how likely it is. Won and lost come
-- last.
-- param owner: only this person's
-- param source: only those that came from there
-- param pipeline: another one than the main one
-- column stage: code key
-- column came: count
-- column amount: money
-- column came_before: count detail
-- column opportunities: count detail
-- column of_before: percent = came / came_before
-- column share: percent = came / opportunities
-- column open: count total
-- column open_amount: money total
-- column weighted: money total

WITH opened AS (
        SELECT * FROM opportunity
        WHERE day BETWEEN :from AND :to AND (:owner IS NULL OR owner = :owner) AND (:source IS NULL OR source = :source)
            AND pipeline = coalesce(:pipeline, (SELECT pipeline FROM main_pipeline))
    ),
    step AS (SELECT * FROM stage WHERE pipeline = coalesce(:pipeline, (SELECT pipeline FROM main_pipeline))),
    far AS (
        SELECT opened.*, CASE opened.status WHEN 'won' THEN 1000 ELSE max(step.n) END AS n
        FROM opened LEFT JOIN happened ON happened.about = opened.opportunity AND happened.what = 'stage'
            LEFT JOIN step ON step.stage = happened.value
        GROUP BY opportunity
    ),
    every AS (SELECT count(*) AS opened FROM opened),
    reach AS (
        SELECT step.n AS n, step.stage AS stage, count(far.n) AS reached, coalesce(sum(far.amount), 0) AS amount
        FROM step LEFT JOIN far ON far.n >= step.n GROUP BY step.n
    ),
    present AS (
        SELECT stage, count(*) AS open, sum(amount) AS open_amount,
            sum(amount / 1000000 * (SELECT probability FROM step WHERE step.stage = far.stage) / 100) AS weighted
        FROM far WHERE status = 'open' GROUP BY stage
    )
SELECT stage, reached, amount, before, opened, open, open_amount, weighted FROM (
    SELECT n, reach.stage AS stage, reached, amount, coalesce(lag(reached) OVER (ORDER BY n), opened) AS before, opened,
        coalesce(open, 0) AS open, coalesce(open_amount, 0) AS open_amount, coalesce(weighted, 0) AS weighted
    FROM reach JOIN every LEFT JOIN present ON present.stage = reach.stage
    UNION ALL
    SELECT CASE status WHEN 'won' THEN 1000 ELSE 1001 END, status, count(*), sum(amount),
        (SELECT reached FROM reach ORDER BY n DESC LIMIT 1), opened, count(*), sum(amount), 0
    FROM opened JOIN every WHERE status IN ('won', 'lost') GROUP BY status
) WHERE opened > 0 ORDER BY n
