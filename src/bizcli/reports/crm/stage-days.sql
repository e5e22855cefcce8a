-- Days by stage
-- How long opportunities were at each stage that they left in the period; how many are there now, the day since which
-- the first of them is, and how many of those are there for longer than the pipeline allows.
-- param owner: only this person's
-- param pipeline: another one than the main one
-- column stage: code key
-- column passed: count
-- column days: count
-- column average_days: price = days / passed
-- column longest: count
-- column open: count total
-- column since: day
-- column too_long: count total

WITH step AS (SELECT * FROM stage WHERE pipeline = coalesce(:pipeline, (SELECT pipeline FROM main_pipeline))),
    own AS (
        SELECT opportunity, status, stage, since FROM opportunity
        WHERE (:owner IS NULL OR owner = :owner) AND pipeline = coalesce(:pipeline, (SELECT pipeline FROM main_pipeline))
    ),
    stay AS (
        SELECT happened.value AS stage, happened.day AS day,
            lead(happened.day) OVER (PARTITION BY about ORDER BY happened.day, happened.n) AS until
        FROM happened JOIN own ON own.opportunity = happened.about WHERE what = 'stage'
    ),
    gone AS (
        SELECT stage, count(*) AS passed, sum(CAST(julianday(until) - julianday(day) AS INTEGER)) AS days,
            max(CAST(julianday(until) - julianday(day) AS INTEGER)) AS longest
        FROM stay WHERE until BETWEEN :from AND :to GROUP BY stage
    ),
    present AS (
        SELECT own.stage AS stage, count(*) AS open, min(since) AS since,
            sum(julianday(:today) - julianday(since) > step.days) AS too_long
        FROM own JOIN step ON step.stage = own.stage WHERE status = 'open' GROUP BY own.stage
    )
SELECT step.stage, coalesce(gone.passed, 0) AS passed, coalesce(gone.days, 0) AS days, longest, coalesce(open, 0) AS open, since,
    coalesce(too_long, 0) AS too_long
FROM step LEFT JOIN gone ON gone.stage = step.stage LEFT JOIN present ON present.stage = step.stage
WHERE gone.passed > 0 OR open > 0
ORDER BY step.n
