-- Results of campaigns
-- What each campaign brought against what it cost. With a control group, that is what its members bought in its window
-- beyond what the control group says they would have bought anyway: a head's average of the ones less that of the others,
-- for every member. Without one, it is what names the campaign or uses its coupon. Sales count by the day they are
-- charged, cost of goods by the day of delivery, both net of returns; a bill that names a campaign is a cost of it.
-- param campaign: only this campaign
-- column campaign: code key
-- column name: text
-- column status: text
-- column started: day
-- column counted_until: day
-- column members: count total
-- column control: count total
-- column delivered: count total
-- column opened: count total
-- column responded: count total
-- column unsubscribed: count total
-- column leads: count total
-- column buyers: count
-- column control_buyers: count
-- column net: money
-- column control_net: money
-- column margin: money
-- column control_margin: money
-- column net_per_head: money
-- column control_net_per_head: money
-- column measured_by: text
-- column net_brought: money total
-- column margin_brought: money total
-- column cost: money total
-- column gain: money total
-- column roi: percent = gain / cost
-- column budget: money

WITH chosen AS (
    SELECT * FROM campaign WHERE :campaign IS NULL OR campaign = :campaign
),
answered AS (
    SELECT campaign, count(DISTINCT CASE WHEN response = 'bounced' THEN whom END) AS bounced,
        count(DISTINCT CASE WHEN response IN ('opened', 'clicked', 'replied', 'form') THEN whom END) AS opened,
        count(DISTINCT CASE WHEN response IN ('clicked', 'replied', 'form') THEN whom END) AS responded,
        count(DISTINCT CASE WHEN response = 'unsubscribed' THEN whom END) AS unsubscribed
    FROM campaign_response GROUP BY campaign
),
sold AS (
    SELECT chosen.campaign, side, count(DISTINCT CASE WHEN net > 0 THEN sale.customer END) AS buyers, sum(net) AS net
    FROM chosen CROSS JOIN sale ON sale.day BETWEEN started AND counted_until
        CROSS JOIN campaign_side AS aside ON aside.campaign = chosen.campaign AND aside.customer = sale.customer
    GROUP BY chosen.campaign, side
),
delivered AS (
    SELECT chosen.campaign, side, sum(cost) AS cost
    FROM chosen CROSS JOIN cost ON cost.day BETWEEN started AND counted_until
        CROSS JOIN document ON document.document = cost.document
        CROSS JOIN campaign_side AS aside ON aside.campaign = chosen.campaign AND aside.customer = document.party
    GROUP BY chosen.campaign, side
),
linked AS (
    SELECT campaign, count(DISTINCT CASE WHEN net > 0 THEN customer END) AS buyers, sum(net) AS net, sum(cost) AS cost FROM (
        SELECT campaign, customer, net, 0 AS cost FROM campaign_paper JOIN sale ON sale.document = campaign_paper.document
        UNION ALL
        SELECT campaign, NULL, 0, cost FROM campaign_paper JOIN cost ON cost.document = campaign_paper.document
    ) GROUP BY campaign
),
billed AS (SELECT campaign, sum(cost) AS cost FROM campaign_bill GROUP BY campaign),
found AS (
    SELECT campaign, count(*) AS leads FROM lead WHERE campaign IS NOT NULL GROUP BY campaign
),
figures AS (
    SELECT chosen.*, coalesce(bounced, 0) AS bounced, coalesce(opened, 0) AS opened, coalesce(responded, 0) AS responded,
        coalesce(unsubscribed, 0) AS unsubscribed, coalesce(leads, 0) AS leads,
        coalesce(ours.buyers, 0) AS buyers, coalesce(theirs.buyers, 0) AS control_buyers,
        coalesce(ours.net, 0) / :unit AS net, coalesce(theirs.net, 0) / :unit AS control_net,
        (coalesce(ours.net, 0) - coalesce(spent.cost, 0)) / :unit AS margin,
        (coalesce(theirs.net, 0) - coalesce(theirs_spent.cost, 0)) / :unit AS control_margin,
        coalesce(linked.net, 0) / :unit AS linked_net,
        (coalesce(linked.net, 0) - coalesce(linked.cost, 0)) / :unit AS linked_margin,
        coalesce(linked.buyers, 0) AS linked_buyers,
        (coalesce(billed.cost, 0) + said_cost) / :unit AS all_cost
    FROM chosen LEFT JOIN answered ON answered.campaign = chosen.campaign
        LEFT JOIN sold AS ours ON ours.campaign = chosen.campaign AND ours.side = 'member'
        LEFT JOIN sold AS theirs ON theirs.campaign = chosen.campaign AND theirs.side = 'control'
        LEFT JOIN delivered AS spent ON spent.campaign = chosen.campaign AND spent.side = 'member'
        LEFT JOIN delivered AS theirs_spent ON theirs_spent.campaign = chosen.campaign AND theirs_spent.side = 'control'
        LEFT JOIN linked ON linked.campaign = chosen.campaign
        LEFT JOIN billed ON billed.campaign = chosen.campaign
        LEFT JOIN found ON found.campaign = chosen.campaign
)
SELECT 1
