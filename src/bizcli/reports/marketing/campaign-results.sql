-- Results of campaigns
-- What each campaign brought against what it cost. With a control group, that is what its members bought in its window
-- beyond what the control group says they would have bought anyway: a head's average of the ones less that of the others,
-- for every member. Without one, it is what names the campaign or uses its coupon. Sales count by the day they are
-- charged, cost of goods by the day of delivery, both net of returns; a bill that names a campaign is a cost of it.
-- param campaign: only this campaign
-- column campaign: code key
-- column name: text
-- column status: text detail
-- column started: day detail
-- column counted_until: day detail
-- column members: count total
-- column control: count total
-- column reached: count total detail
-- column readers: count total detail
-- column responders: count total detail
-- column unsubscribed: count total detail
-- column leads: count total detail
-- column orders: count detail
-- column control_orders: count detail
-- column buyers: count detail
-- column control_buyers: count detail
-- column net: money detail
-- column control_net: money detail
-- column margin: money detail
-- column control_margin: money detail
-- column net_per_head: money detail
-- column control_net_per_head: money detail
-- column named_orders: count detail
-- column named_buyers: count detail
-- column named_net: money detail
-- column named_margin: money detail
-- column measured_by: text
-- column net_brought: money total
-- column margin_brought: money total
-- column cost: money total
-- column gain: money total
-- column roi: percent = gain / cost

WITH chosen AS (
    SELECT * FROM campaign WHERE :campaign IS NULL OR campaign = :campaign
), answered AS (
    SELECT campaign, count(DISTINCT CASE WHEN response = 'bounced' THEN whom END) AS bounced,
        count(DISTINCT CASE WHEN response IN ('opened', 'clicked', 'replied', 'form') THEN whom END) AS readers,
        count(DISTINCT CASE WHEN response IN ('clicked', 'replied', 'form') THEN whom END) AS responders,
        count(DISTINCT CASE WHEN response = 'unsubscribed' THEN whom END) AS unsubscribed
    FROM campaign_response GROUP BY campaign
), sold AS (
    SELECT chosen.campaign AS campaign, side, sum(chosen) AS orders,
        count(DISTINCT CASE WHEN chosen THEN bought.customer END) AS buyers, sum(net) AS net
    FROM chosen JOIN campaign_side AS aside ON aside.campaign = chosen.campaign
        JOIN bought ON bought.customer = aside.customer AND bought.day BETWEEN started AND counted_until
    GROUP BY chosen.campaign, side
), delivered AS (
    SELECT chosen.campaign AS campaign, side, sum(cost) AS cost
    FROM chosen CROSS JOIN cost ON cost.day BETWEEN started AND counted_until
        CROSS JOIN document ON document.document = cost.document
        CROSS JOIN campaign_side AS aside ON aside.campaign = chosen.campaign AND aside.customer = document.party
    GROUP BY chosen.campaign, side
), brought AS (
    SELECT campaign, sum(orders) AS orders, count(DISTINCT buyer) AS buyers, sum(net) AS net, sum(cost) AS cost FROM (
        SELECT campaign, chosen AS orders, CASE WHEN chosen THEN customer END AS buyer, net, 0 AS cost
        FROM campaign_paper JOIN bought ON bought.document = campaign_paper.document
        UNION ALL
        SELECT campaign, 0, NULL, 0, cost FROM campaign_paper JOIN cost ON cost.document = campaign_paper.document
    ) GROUP BY campaign
), billed AS (
    SELECT campaign, sum(cost) AS cost FROM campaign_bill GROUP BY campaign
), found AS (
    SELECT document AS campaign, count(*) AS leads FROM named WHERE by_kind = 'lead' AND document >= 'CM-' AND document < 'CM.'
    GROUP BY document
), figures AS (
    SELECT chosen.*, chosen.members - coalesce(bounced, 0) AS reached, coalesce(readers, 0) AS readers,
        coalesce(responders, 0) AS responders, coalesce(unsubscribed, 0) AS unsubscribed, coalesce(leads, 0) AS leads,
        coalesce(ours.orders, 0) AS orders, coalesce(theirs.orders, 0) AS control_orders,
        coalesce(ours.buyers, 0) AS buyers, coalesce(theirs.buyers, 0) AS control_buyers,
        coalesce(ours.net, 0) AS net, coalesce(theirs.net, 0) AS control_net,
        coalesce(ours.net, 0) - coalesce(spent.cost, 0) AS margin,
        coalesce(theirs.net, 0) - coalesce(theirs_spent.cost, 0) AS control_margin,
        coalesce(brought.orders, 0) AS named_orders, coalesce(brought.buyers, 0) AS named_buyers,
        coalesce(brought.net, 0) AS named_net, coalesce(brought.net, 0) - coalesce(brought.cost, 0) AS named_margin,
        coalesce(billed.cost, 0) + said_cost AS spent_in_all
    FROM chosen LEFT JOIN answered ON answered.campaign = chosen.campaign
        LEFT JOIN sold AS ours ON ours.campaign = chosen.campaign AND ours.side = 'member'
        LEFT JOIN sold AS theirs ON theirs.campaign = chosen.campaign AND theirs.side = 'control'
        LEFT JOIN delivered AS spent ON spent.campaign = chosen.campaign AND spent.side = 'member'
        LEFT JOIN delivered AS theirs_spent ON theirs_spent.campaign = chosen.campaign AND theirs_spent.side = 'control'
        LEFT JOIN brought ON brought.campaign = chosen.campaign
        LEFT JOIN billed ON billed.campaign = chosen.campaign
        LEFT JOIN found ON found.campaign = chosen.campaign
), compared AS (
    SELECT *,
        CASE WHEN control > 0 THEN net - coalesce(for_as_many(control_net, members, control, :unit), 0) ELSE named_net END
            AS net_brought,
        CASE WHEN control > 0 THEN margin - coalesce(for_as_many(control_margin, members, control, :unit), 0)
            ELSE named_margin END AS margin_brought
    FROM figures
)
SELECT campaign, name, status, started, counted_until, members, control, reached, readers, responders, unsubscribed,
    leads, orders, control_orders, buyers, control_buyers, net, control_net, margin, control_margin,
    for_as_many(net, 1, members, :unit) AS net_per_head, for_as_many(control_net, 1, control, :unit) AS control_net_per_head,
    named_orders, named_buyers, named_net, named_margin,
    CASE WHEN control > 0 THEN 'control' ELSE 'named_orders' END AS measured_by,
    net_brought, margin_brought, spent_in_all AS cost, margin_brought - spent_in_all AS gain
FROM compared
ORDER BY coalesce(started, '9999') DESC, campaign
