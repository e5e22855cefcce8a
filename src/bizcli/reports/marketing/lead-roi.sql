-- What sources of leads bring against what they cost
-- Of each source and campaign: leads that came in the period, the opportunities that came of them (or without a lead), how
-- many were won and lost, and what was charged of their orders up to now, less what the goods cost. What a campaign cost
-- is a cost of the leads that it brought.
-- column source: text key
-- column campaign: code key
-- column leads: count total
-- column opportunities: count total
-- column won: count total
-- column lost: count total
-- column conversion: percent = won / opportunities
-- column net: money total
-- column margin: money total
-- column cost: money total
-- column gain: money total
-- column roi: percent = gain / cost

WITH RECURSIVE came AS (
    SELECT lead AS document, day, coalesce(source, '') AS source, 1 AS leads, 0 AS opportunities, 0 AS won, 0 AS lost FROM lead
    WHERE status <> 'merged'
    UNION ALL
    SELECT opportunity, coalesce((SELECT min(lead.day) FROM named JOIN lead ON lead.lead = named.document
        WHERE named.by_document = opportunity), day), coalesce(source, ''), 0, 1, status = 'won', status = 'lost' FROM opportunity
), chosen AS (
    SELECT came.*, coalesce((SELECT min(document) FROM named WHERE by_document = came.document
        AND named.document >= 'CM-' AND named.document < 'CM.'), '') AS campaign
    FROM came WHERE day BETWEEN :from AND :to
), paper (origin, document) AS (
    SELECT document, document FROM chosen WHERE opportunities
    UNION
    SELECT origin, by_document FROM paper JOIN named ON named.document = paper.document
    WHERE by_kind IN ('quote', 'sales_order', 'sales_invoice', 'delivery', 'sales_return', 'credit_note')
), money AS (
    SELECT origin, sum(net) AS net, sum(cost) AS cost FROM (
        SELECT origin, net, 0 AS cost FROM paper JOIN bought ON bought.document = paper.document
        UNION ALL SELECT origin, 0, cost FROM paper JOIN cost ON cost.document = paper.document
    ) GROUP BY origin
), spent AS (
    SELECT campaign, said_cost + coalesce((SELECT sum(cost) FROM campaign_bill AS bill WHERE bill.campaign = campaign.campaign), 0)
        AS cost FROM campaign
), brought AS (
    SELECT source, campaign, sum(leads) AS leads, sum(opportunities) AS opportunities, sum(won) AS won, sum(lost) AS lost,
        coalesce(sum(net), 0) AS net, coalesce(sum(net - cost), 0) AS margin
    FROM chosen LEFT JOIN money ON money.origin = chosen.document GROUP BY source, campaign
), shared AS (
    SELECT brought.*, coalesce(for_as_many(spent.cost, max(brought.leads, 1),
        max(sum(brought.leads) OVER (PARTITION BY brought.campaign), 1), :unit), 0) AS cost
    FROM brought LEFT JOIN spent ON spent.campaign = brought.campaign
)
SELECT source, campaign, leads, opportunities, won, lost, net, margin, cost, margin - cost AS gain
FROM shared
ORDER BY net DESC, leads DESC, source, campaign
