-- Why we lose
-- Opportunities that were lost in the period by the reason that was given, and to whom.
-- param owner: only this person's
-- param competitor: only those lost to this one
-- column reason: code key
-- column opportunities: count total
-- column share: percent = opportunities / total opportunities
-- column amount: money total
-- column competitors: text

SELECT coalesce(reason, '') AS reason, count(*) AS opportunities, sum(amount) AS amount, group_concat(DISTINCT competitor) AS competitors
FROM opportunity
WHERE status = 'lost' AND closed BETWEEN :from AND :to AND (:owner IS NULL OR owner = :owner)
    AND (:competitor IS NULL OR competitor = :competitor)
GROUP BY coalesce(reason, '')
ORDER BY count(*) DESC, 1
