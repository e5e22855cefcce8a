-- Leads by source
-- Leads that came in in the period by where they came from: how many were got in touch with, became opportunities, were
-- lost, and what was won of them.
-- param owner: only this person's
-- column source: code key
-- column leads: count total
-- column contacted: count total
-- column converted: count total
-- column conversion: percent = converted / leads
-- column lost: count total
-- column won: count total
-- column win_rate: percent = won / leads
-- column amount: money total

SELECT coalesce(lead.source, '') AS source, count(*) AS leads, count(touched) AS touched, sum(status = 'converted') AS converted,
    sum(status = 'lost') AS lost, count(sold.lead) AS won, coalesce(sum(sold.amount), 0) AS amount
FROM lead LEFT JOIN (
    SELECT lead, sum(amount) AS amount FROM opportunity WHERE status = 'won' AND lead IS NOT NULL GROUP BY lead
) AS sold ON sold.lead = lead.lead
WHERE lead.day BETWEEN :from AND :to AND lead.status <> 'merged' AND (:owner IS NULL OR lead.owner = :owner)
GROUP BY coalesce(lead.source, '')
ORDER BY count(*) DESC, 1
