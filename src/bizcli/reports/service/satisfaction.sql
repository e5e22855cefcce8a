-- How satisfied customers are
-- CSAT is the share of answers of 4 or 5 of 5. NPS, the net promoter score, is the share of promoters (9 and 10 of 10)
-- less that of detractors (up to 6), in points from -100 to 100: F. Reichheld, The One Number You Need to Grow, Harvard
-- Business Review, December 2003. By month of the answer, or by owner, item or customer.
-- param by: month (when absent), owner, item or customer
-- column key: code key
-- column surveys: count total
-- column replies: count total
-- column reply_rate: percent = replies / surveys
-- column scores: count total
-- column satisfied: count total
-- column csat: percent = satisfied / scores
-- column recommendations: count total
-- column promoters: count total
-- column detractors: count total
-- column net_promoters: count total
-- column nps: percent = net_promoters / recommendations

WITH own AS (
    SELECT CASE coalesce(:by, 'month') WHEN 'month' THEN substr(coalesce(answered, day), 1, 7) WHEN 'owner' THEN owner
            WHEN 'item' THEN item WHEN 'customer' THEN customer END AS key,
        status, csat, nps
    FROM survey WHERE coalesce(answered, day) BETWEEN :from AND :to
)
SELECT coalesce(key, '') AS key, count(*) AS asked, sum(status = 'answered') AS answered, count(csat) AS scores,
    coalesce(sum(csat >= 4), 0) AS satisfied, count(nps) AS recommendations, coalesce(sum(nps >= 9), 0) AS promoters,
    coalesce(sum(nps <= 6), 0) AS detractors, coalesce(sum((nps >= 9) - (nps <= 6)), 0) AS net_promoters
FROM own GROUP BY 1 ORDER BY key
