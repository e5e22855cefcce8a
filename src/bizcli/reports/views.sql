-- What reports read: views over the index, in business words. A report sees these and nothing else.
-- Amounts and quantities are whole micro numbers (12.50 is 12500000); days are ISO 8601 text.

-- masters
CREATE TEMP VIEW customer AS SELECT code AS customer, name, tree ->> 'owner' AS owner FROM master WHERE kind = 'customer';
CREATE TEMP VIEW supplier AS SELECT code AS supplier, name FROM master WHERE kind = 'supplier';
CREATE TEMP VIEW item AS SELECT code AS item, name, type FROM master WHERE kind = 'item';
CREATE TEMP VIEW warehouse AS SELECT code AS warehouse, name, parent FROM master WHERE kind = 'warehouse';
-- a row for each warehouse and each that it is part of, itself too
CREATE TEMP VIEW within AS
    WITH RECURSIVE above (warehouse, whole) AS (
        SELECT code, code FROM master WHERE kind = 'warehouse'
        UNION ALL SELECT 'TRANSIT', 'TRANSIT'
        UNION
        SELECT above.warehouse, master.parent FROM above JOIN master ON master.code = above.whole
        WHERE master.kind = 'warehouse' AND master.parent IS NOT NULL
    ) SELECT warehouse, whole FROM above;
CREATE TEMP VIEW staff AS SELECT code AS salesperson, name, tree ->> 'manager' AS manager FROM master WHERE kind = 'staff';
-- what each should sell: `amount` in `months` months, from a day on until the next row of theirs
CREATE TEMP VIEW quota AS
    SELECT code AS salesperson, quota.value ->> 'since' AS since,
        CAST(round((quota.value ->> 'amount') * 1000000) AS INTEGER) AS amount,
        CASE quota.value ->> 'per' WHEN 'quarter' THEN 3 WHEN 'year' THEN 12 ELSE 1 END AS months
    FROM master, json_each(tree, '$.quotas') AS quota WHERE kind = 'staff';

-- documents
CREATE TEMP VIEW document AS
    SELECT id AS document, kind, day, substr(day, 1, 7) AS month, party, void, net, tax, gross FROM doc;

-- which document names which other one
CREATE TEMP VIEW named AS
    SELECT link.target AS document, doc.id AS by_document, kind AS by_kind FROM link JOIN doc ON doc.id = link.doc
    WHERE void IS NULL;

-- credit notes of suppliers: they lower what we owe
CREATE TEMP VIEW supplier_credit AS
    SELECT DISTINCT doc AS document FROM posting
    WHERE doc >= 'CN-' AND doc < 'CN.' AND account = (SELECT account FROM account WHERE role = 'payable');

-- sales: a row for each line that was charged (returns and credits below zero), without tax
CREATE TEMP VIEW sale AS
    SELECT doc AS document, day, substr(day, 1, 7) AS month, who AS customer, item, qty, -amount AS net,
        salesperson, shop, department, project
    FROM posting WHERE item IS NOT NULL AND NOT (doc >= 'PI-' AND doc < 'PI.') AND NOT (doc >= 'PR-' AND doc < 'PR.')
        AND (doc < 'CN-' OR doc >= 'CN.' OR doc NOT IN (SELECT document FROM supplier_credit));

-- what each customer bought: a row for each order, sale without one, invoice, return or credit. `chosen` is 1 for a basket,
-- what was chosen at one time: an order, or what was sold without one; `net` is what was charged (given back: below zero)
CREATE TEMP VIEW bought AS
    SELECT doc AS document, customer, day, substr(day, 1, 7) AS month, items <> '' AS chosen, net FROM main.bought
    WHERE customer IS NOT NULL;

-- purchases: a row for each line that a supplier billed, at what it cost us (tax that is not recovered is part of it);
-- what went back after it was billed, and what the supplier credits besides, is below zero
CREATE TEMP VIEW purchase AS
    SELECT doc AS document, day, substr(day, 1, 7) AS month, who AS supplier, item, qty, amount AS net,
        shop, department, project
    FROM posting WHERE item IS NOT NULL AND (substr(doc, 1, 2) IN ('PI', 'PR')
        OR substr(doc, 1, 2) = 'CN' AND doc IN (SELECT document FROM supplier_credit));

-- what goods that went to customers cost, less what came back; `item` is what was sold: the kit of a component
CREATE TEMP VIEW cost_of_goods AS
    SELECT doc AS document, day, substr(day, 1, 7) AS month, coalesce(kit, item) AS item, item AS component,
        CASE target WHEN 'customer' THEN qty ELSE -qty END AS qty,
        CASE target WHEN 'customer' THEN value ELSE -value END AS cost
    FROM move WHERE what = 'move' AND (target = 'customer' OR origin = 'customer');
-- differences that followed such goods, as of a bill with another price than the receipt: those are of the delivery,
-- on the day of the bill (there are few: the day is an expression, so that their own index is taken and not that of days)
CREATE TEMP VIEW cost_that_followed AS
    SELECT gone.doc AS document, move.day || '' AS day, substr(move.day, 1, 7) AS month,
        coalesce(gone.kit, move.item) AS item, move.item AS component, 0 AS qty, json_extract(part.value, '$[1]') AS cost
    FROM move, json_each(move.parts) AS part
        JOIN move AS gone ON gone.doc = substr(json_extract(part.value, '$[2]'), 1, instr(json_extract(part.value, '$[2]'), '/') - 1)
            AND gone.line = CAST(substr(json_extract(part.value, '$[2]'), instr(json_extract(part.value, '$[2]'), '/') + 1) AS INTEGER)
    WHERE move.parts IS NOT NULL AND json_extract(part.value, '$[0]') <> '' AND gone.target = 'customer';
-- both
CREATE TEMP VIEW cost AS
    SELECT document, day, month, item, component, qty, cost FROM cost_of_goods
    UNION ALL
    SELECT document, day, month, item, component, qty, cost FROM cost_that_followed;

-- stock; goods under way between warehouses lie in TRANSIT, on a shelf for each transfer
CREATE TEMP VIEW stock AS
    SELECT item, substr(place, 1, instr(place || ':', ':') - 1) AS warehouse, sum(qty) AS qty, sum(value) AS value
    FROM shelf GROUP BY 1, 2;
CREATE TEMP VIEW under_way AS
    SELECT shelf.item AS item, doc.id AS transfer, doc.day AS day, min(move.origin) AS origin,
        (SELECT min(place) FROM promise WHERE doc = doc.id AND kind = 'to_receive') AS warehouse,
        (SELECT min(due) FROM promise WHERE doc = doc.id AND kind = 'to_receive') AS expected,
        shelf.qty AS qty, shelf.value AS value
    FROM shelf JOIN doc ON doc.id = substr(shelf.place, 9) JOIN move ON move.doc = doc.id AND move.item = shelf.item
    WHERE shelf.place > 'TRANSIT:' AND shelf.place < 'TRANSIT;' AND (shelf.qty <> 0 OR shelf.value <> 0)
    GROUP BY doc.id, shelf.item;
-- what each document put on a shelf (below zero: took from it)
CREATE TEMP VIEW stock_change AS
    SELECT doc AS document, day, item, substr(target, 1, instr(target || ':', ':') - 1) AS warehouse, qty,
        value - CASE WHEN parts IS NULL THEN 0 ELSE coalesce((SELECT sum(json_extract(part.value, '$[1]'))
            FROM json_each(move.parts) AS part WHERE json_extract(part.value, '$[0]') <> ''), 0) END AS value
    FROM move WHERE target NOT IN ('', 'supplier', 'customer', 'loss', 'opening')
    UNION ALL
    SELECT doc, day, item, substr(json_extract(part.value, '$[2]'), 1, instr(json_extract(part.value, '$[2]') || ':', ':') - 1),
        0, json_extract(part.value, '$[1]')
    FROM move, json_each(move.parts) AS part WHERE parts IS NOT NULL AND json_extract(part.value, '$[0]') = ''
    UNION ALL
    SELECT doc, day, item, substr(origin, 1, instr(origin || ':', ':') - 1), -qty, -value
    FROM move WHERE what = 'move' AND origin NOT IN ('supplier', 'customer', 'loss', 'opening');
-- by what each move changed the worth of an item's stock; transfers do not
CREATE TEMP VIEW stock_worth AS
    SELECT item, day,
        CASE WHEN what <> 'move' OR origin IN ('supplier', 'customer', 'loss', 'opening') THEN value
            WHEN target IN ('supplier', 'customer', 'loss', 'opening') THEN -value ELSE 0 END
        - CASE WHEN parts IS NULL THEN 0 ELSE coalesce((SELECT sum(json_extract(part.value, '$[1]'))
            FROM json_each(move.parts) AS part WHERE json_extract(part.value, '$[0]') <> ''), 0) END AS value
    FROM move;
CREATE TEMP VIEW stock_begin AS SELECT min(day) AS day FROM move;
-- what was adjusted or counted to differ; opening stock is not
CREATE TEMP VIEW adjusted AS
    SELECT doc.id AS document, doc.day AS day, coalesce(doc.reason, 'count') AS reason, item,
        substr(target, 1, instr(target || ':', ':') - 1) AS warehouse, qty, value
    FROM doc JOIN move ON move.doc = doc.id
    WHERE doc.kind IN ('stock_adjustment', 'stock_count') AND doc.reason IS NOT 'opening'
        AND (move.what <> 'move' OR move.origin = 'loss')
    UNION ALL
    SELECT doc.id, doc.day, doc.reason, item, substr(origin, 1, instr(origin || ':', ':') - 1), -qty, -value
    FROM doc JOIN move ON move.doc = doc.id
    WHERE doc.kind = 'stock_adjustment' AND doc.reason <> 'opening' AND move.what = 'move' AND move.target = 'loss';
-- lots and serial numbers: what each document put on a shelf of each (below zero: took), and what there is of them
CREATE TEMP VIEW lot_change AS
    SELECT doc AS document, day, item, substr(target, 1, instr(target || ':', ':') - 1) AS warehouse, lot, qty
    FROM lot_move WHERE lot <> '' AND target NOT IN ('supplier', 'customer', 'loss', 'opening')
    UNION ALL
    SELECT doc, day, item, substr(origin, 1, instr(origin || ':', ':') - 1), lot, -qty
    FROM lot_move WHERE lot <> '' AND origin NOT IN ('supplier', 'customer', 'loss', 'opening');
CREATE TEMP VIEW lot AS
    SELECT there.item AS item, warehouse, there.lot AS lot, expiry, there.qty AS qty FROM (
        SELECT item, warehouse, lot, sum(qty) AS qty FROM lot_change GROUP BY item, warehouse, lot HAVING sum(qty) <> 0
    ) AS there LEFT JOIN (
        SELECT item, lot, expiry, min(own) FROM lot_move WHERE expiry IS NOT NULL GROUP BY item, lot
    ) AS said ON said.item = there.item AND said.lot = there.lot;
CREATE TEMP VIEW layer AS
    SELECT last.item AS item, substr(shelf.key, 1, instr(shelf.key || ':', ':') - 1) AS warehouse, json_extract(layer.value, '$[4][0][1]') AS day,
        json_extract(layer.value, '$[4][0][0]') AS lot,
        json_extract(layer.value, '$[0]') - json_extract(layer.value, '$[2]') AS qty,
        json_extract(layer.value, '$[1]') - json_extract(layer.value, '$[3]') AS value
    FROM (SELECT item, max(day), shelves FROM state GROUP BY item) AS last,
        json_each(last.shelves) AS shelf, json_each(shelf.value, '$[4]') AS layer;

-- promises that are open
CREATE TEMP VIEW to_order AS
    SELECT doc AS document, line, party AS customer, item, due AS valid_until,
        opened AS quoted, settled AS ordered, opened - settled AS open
    FROM promise WHERE kind = 'to_order' AND opened > settled;
-- of approved purchase requests
CREATE TEMP VIEW to_buy AS
    SELECT doc AS document, line, item, place AS warehouse, due AS needed,
        opened AS requested, settled AS ordered, opened - settled AS open
    FROM promise WHERE kind = 'to_buy' AND doc >= 'RQ-' AND doc < 'RQ.' AND opened > settled;
CREATE TEMP VIEW to_deliver AS
    SELECT doc AS document, line, party AS customer, item, place AS warehouse, due AS promised,
        opened AS ordered, settled AS delivered, opened - settled AS open
    FROM promise WHERE kind = 'to_deliver' AND opened > settled;
CREATE TEMP VIEW to_invoice AS
    SELECT doc AS document, line, party AS customer, item, due AS since, opened - settled AS open
    FROM promise WHERE kind = 'to_invoice' AND opened > settled;
-- what is due in parts: a second posting says a day
CREATE TEMP VIEW in_instalments AS SELECT DISTINCT doc AS document FROM posting WHERE due IS NOT NULL AND n > 0;
-- open items: an invoice has a row for each instalment; what was settled of it went on the first due
CREATE TEMP VIEW open_item AS
    SELECT doc AS document, party AS customer, due, opened - settled AS open FROM promise
    WHERE kind = 'to_pay' AND opened > settled AND doc NOT IN (SELECT document FROM in_instalments)
    UNION ALL
    SELECT document, customer, due, open FROM (
        SELECT promise.doc AS document, promise.party AS customer, posting.due AS due,
            min(posting.amount,
                sum(posting.amount) OVER (PARTITION BY promise.doc ORDER BY posting.due, posting.n) - settled) AS open
        FROM in_instalments CROSS JOIN promise ON promise.doc = in_instalments.document CROSS JOIN posting
            ON posting.doc = promise.doc AND posting.open_item = promise.doc AND posting.due IS NOT NULL
        WHERE promise.kind = 'to_pay' AND opened > settled
    ) WHERE open > 0
    UNION ALL
    SELECT doc, party, due, settled - opened FROM promise WHERE kind = 'credit' AND opened > settled;
CREATE TEMP VIEW to_receive AS
    SELECT doc AS document, line, party AS supplier, item, place AS warehouse, due AS expected,
        opened AS ordered, settled AS received
    FROM promise WHERE kind = 'to_receive' AND doc >= 'PO-' AND doc < 'PO.';
-- bills likewise: a row for each instalment
CREATE TEMP VIEW open_bill AS
    SELECT doc AS document, party AS supplier, due, opened - settled AS open FROM promise
    WHERE kind = 'owed' AND opened > settled AND doc NOT IN (SELECT document FROM in_instalments)
    UNION ALL
    SELECT document, supplier, due, open FROM (
        SELECT promise.doc AS document, promise.party AS supplier, posting.due AS due,
            min(-posting.amount,
                sum(-posting.amount) OVER (PARTITION BY promise.doc ORDER BY posting.due, posting.n) - settled) AS open
        FROM in_instalments CROSS JOIN promise ON promise.doc = in_instalments.document CROSS JOIN posting
            ON posting.doc = promise.doc AND posting.open_item = promise.doc AND posting.due IS NOT NULL
        WHERE promise.kind = 'owed' AND opened > settled
    ) WHERE open > 0
    UNION ALL
    SELECT doc, party, due, settled - opened FROM promise WHERE kind = 'prepaid' AND opened > settled;

-- what of each line of a receipt went back, and what of that was billed and is to be credited
CREATE TEMP VIEW sent_back AS
    SELECT move.source AS line, sum(move.qty) AS returned, sum(coalesce(claim.opened - claim.settled, 0)) AS to_credit
    FROM move LEFT JOIN promise AS claim ON claim.doc = move.doc AND claim.kind = 'to_claim' AND claim.line = move.line
    WHERE move.doc >= 'PR-' AND move.doc < 'PR.' AND move.what = 'move' GROUP BY 1;
-- receipts: each line, the order line it goes back to (else itself), what came and at what, what of it went back, is to be
-- billed, is billed, and what bills and credits said more
CREATE TEMP VIEW receipt_line AS
    SELECT promise.doc AS document, promise.line AS line, promise.due AS since, promise.party AS supplier,
        promise.item AS item, substr(promise.origin, 1, instr(promise.origin, '/') - 1) AS order_document,
        CAST(substr(promise.origin, instr(promise.origin, '/') + 1) AS INTEGER) AS order_line,
        move.qty AS received, promise.settled AS billed, promise.opened - promise.settled AS to_bill,
        coalesce(sent_back.returned, 0) AS returned, coalesce(sent_back.to_credit, 0) AS to_credit, move.value AS value,
        (SELECT coalesce(sum(bill.value), 0) FROM move AS bill
            WHERE bill.source = promise.doc || '/' || promise.line AND bill.what = 'revalue'
                AND substr(bill.doc, 1, 2) IN ('PI', 'CN')) AS difference
    FROM promise JOIN move ON move.doc = promise.doc AND move.line = promise.line
        LEFT JOIN sent_back ON sent_back.line = promise.doc || '/' || promise.line
    WHERE promise.kind = 'to_bill';

-- goods that were billed before they were here: each line of a bill, the order line that it goes back to, what of it is here
-- by now, and what the rest cost us
CREATE TEMP VIEW billed_ahead AS
    SELECT goods.doc AS document, goods.line AS line, goods.due AS since, goods.party AS supplier, goods.item AS item,
        substr(goods.origin, 1, instr(goods.origin, '/') - 1) AS order_document,
        CAST(substr(goods.origin, instr(goods.origin, '/') + 1) AS INTEGER) AS order_line,
        goods.opened AS billed, goods.settled AS received, goods.opened - goods.settled AS open,
        worth.opened - worth.settled AS value
    FROM promise AS goods JOIN promise AS worth
        ON worth.doc = goods.doc AND worth.line = goods.line AND worth.kind = 'ahead_value'
    WHERE goods.kind = 'billed_ahead';

-- what came, and what of it we did not accept and why: a row for each line of a receipt
CREATE TEMP VIEW arrived AS
    SELECT doc AS document, line, day, party AS supplier, item, qty, value, target AS warehouse, reason
    FROM move WHERE what = 'move' AND origin = 'supplier';

-- accounts
CREATE TEMP VIEW account_role AS SELECT account, min(role) AS role FROM account GROUP BY account;
CREATE TEMP VIEW role AS SELECT role, account FROM account;
CREATE TEMP VIEW stock_account AS
    SELECT item.item AS item, coalesce(own.account, every.account) AS account
    FROM item LEFT JOIN account AS own ON own.role = 'inventory.' || item.type
        JOIN account AS every ON every.role = 'inventory';
CREATE TEMP VIEW account_month AS
    SELECT account, month, amount FROM balance
    UNION ALL SELECT account, substr(day, 1, 7), amount FROM manual;
CREATE TEMP VIEW ledger AS
    SELECT doc AS document, day, account, party, NULL AS item, amount FROM posting
    UNION ALL
    SELECT doc, day, account, party, item,
        CASE WHEN what = 'move' AND origin NOT IN ('supplier', 'customer', 'loss', 'opening') THEN value ELSE -value END
    FROM move WHERE account <> ''
    UNION ALL
    SELECT doc, day, stock_account.account, NULL, move.item,
        CASE WHEN what = 'move' AND origin NOT IN ('supplier', 'customer', 'loss', 'opening') THEN -value ELSE value END
    FROM move JOIN stock_account ON stock_account.item = move.item WHERE move.account <> ''
    UNION ALL
    SELECT doc, day, json_extract(part.value, '$[0]'), NULL, item, json_extract(part.value, '$[1]')
    FROM move, json_each(move.parts) AS part WHERE parts IS NOT NULL AND json_extract(part.value, '$[0]') <> ''
    UNION ALL
    SELECT doc, day, stock_account.account, NULL, move.item, -json_extract(part.value, '$[1]')
    FROM move JOIN stock_account ON stock_account.item = move.item, json_each(move.parts) AS part
    WHERE parts IS NOT NULL AND json_extract(part.value, '$[0]') <> ''
    UNION ALL
    SELECT path || ':' || line, day, account, NULL, NULL, amount FROM manual;

-- what we follow: leads and opportunities as they are today, and what was done and became of them on which day
CREATE TEMP VIEW lead AS
    SELECT id AS lead, day, state ->> 'name' AS name, state ->> 'status' AS status, state ->> 'source' AS source,
        state ->> 'owner' AS owner, state ->> 'since' AS since, state ->> 'touched' AS touched, state ->> 'next' AS next,
        state ->> 'reason' AS reason
    FROM doc WHERE kind = 'lead' AND state IS NOT NULL;
CREATE TEMP VIEW main_pipeline AS
    SELECT coalesce(max(CASE code WHEN 'MAIN' THEN 'MAIN' END), min(code), 'MAIN') AS pipeline FROM master WHERE kind = 'pipeline';
-- the stages of each, first to last; how likely a sale is there, in micro percent; the usual ones where the book says none
CREATE TEMP VIEW stage AS
    SELECT code AS pipeline, stage.key AS n, stage.value ->> 'stage' AS stage,
        CAST(round(rtrim(stage.value ->> 'probability', '%') * 1000000) AS INTEGER) AS probability,
        CAST(stage.value ->> 'days' AS INTEGER) AS days
    FROM master, json_each(tree, '$.stages') AS stage WHERE kind = 'pipeline'
    UNION ALL
    SELECT 'MAIN', column1, column2, column3, NULL
    FROM (VALUES (0, 'prospecting', 10000000), (1, 'qualified', 25000000), (2, 'proposal', 50000000), (3, 'negotiation', 75000000))
    WHERE NOT EXISTS (SELECT 1 FROM master WHERE kind = 'pipeline');
CREATE TEMP VIEW opportunity AS
    SELECT id AS opportunity, day, party AS customer, state ->> 'name' AS name, state ->> 'status' AS status,
        state ->> 'stage' AS stage, state ->> 'amount' AS amount, state ->> 'expected' AS expected,
        state ->> 'closed' AS closed, state ->> 'source' AS source, state ->> 'owner' AS owner, state ->> 'since' AS since,
        state ->> 'touched' AS touched, state ->> 'next' AS next, state ->> 'reason' AS reason,
        state ->> 'competitor' AS competitor, coalesce(state ->> 'pipeline', (SELECT pipeline FROM main_pipeline)) AS pipeline,
        state ->> 'lead' AS lead
    FROM doc WHERE kind = 'opportunity' AND state IS NOT NULL;
-- what those that are open may bring, by how likely it is
CREATE TEMP VIEW hoped AS
    SELECT opportunity.*, coalesce(probability, 0) AS probability, amount / 1000000 * coalesce(probability, 0) / 100 AS weighted
    FROM opportunity LEFT JOIN stage ON stage.pipeline = opportunity.pipeline AND stage.stage = opportunity.stage
    WHERE status = 'open';
-- tickets: by when we are to reply and to settle them, when we did, and when they are given on
CREATE TEMP VIEW ticket AS
    SELECT id AS ticket, day, party AS customer, state ->> 'name' AS name, state ->> 'status' AS status,
        state ->> 'priority' AS priority, state ->> 'category' AS category, state ->> 'owner' AS owner,
        state ->> 'opened' AS opened, state ->> 'respond_by' AS respond_by, state ->> 'responded' AS responded,
        state ->> 'resolve_by' AS resolve_by, state ->> 'resolved' AS resolved, state ->> 'since' AS since,
        state ->> 'reopened' AS reopened, state ->> 'escalation' AS escalation, state ->> 'escalate_at' AS escalate_at,
        state ->> 'escalate_to' AS escalate_to
    FROM doc WHERE kind = 'ticket' AND state IS NOT NULL;
-- surveys: who was asked about what, and what they said
CREATE TEMP VIEW survey AS
    SELECT id AS survey, day, party AS customer, state ->> 'status' AS status, state ->> 'about' AS about,
        state ->> 'owner' AS owner, state ->> 'item' AS item, state ->> 'csat' AS csat, state ->> 'nps' AS nps,
        state ->> 'answered' AS answered
    FROM doc WHERE kind = 'survey' AND state IS NOT NULL;
CREATE TEMP VIEW happened AS
    SELECT day, n, what, source AS document, about, whom, who, value, amount, due FROM event;
-- whom to get in touch with and when: of each customer or lead what was said last. Being in touch settles what was to be
-- done, unless another day is said; of a day, what somebody is goes before what was done
CREATE TEMP VIEW said_last AS
    SELECT whom, max(day || (substr(source, 1, 2) = 'AC') || source || '|' || coalesce(due, '')) AS said FROM event
    WHERE whom IS NOT NULL AND (what IN ('call', 'visit', 'meeting', 'message', 'email') OR due IS NOT NULL) GROUP BY whom;
CREATE TEMP VIEW reminder AS
    SELECT event.due AS next, event.whom AS whom, event.about AS about, event.source AS document, event.day AS said,
        event.value AS todo, coalesce(doc.state ->> 'owner', customer.tree ->> 'owner', event.who) AS owner,
        coalesce(customer.name, lead.state ->> 'name', doc.state ->> 'name') AS name,
        coalesce(customer.tree ->> 'phone', customer.tree ->> 'mobile', lead.state ->> 'phone') AS phone
    FROM said_last JOIN event ON event.doc = substr(said_last.said, 12, instr(said_last.said, '|') - 12) AND event.what = 'next'
        LEFT JOIN doc ON doc.id = event.about
        LEFT JOIN master AS customer ON customer.kind = 'customer' AND customer.code = event.whom
        LEFT JOIN doc AS lead ON lead.id = event.whom
    WHERE said_last.said NOT LIKE '%|' AND (doc.state IS NULL OR doc.state ->> 'next' IS NOT NULL);

-- campaigns: what they are today, whom they went to and whom not, what came back, and what names them or uses their coupon
CREATE TEMP VIEW campaign AS
    SELECT id AS campaign, day, state ->> 'name' AS name, state ->> 'status' AS status, state ->> 'channel' AS channel,
        state ->> 'owner' AS owner, state ->> 'started' AS started, state ->> 'counted_until' AS counted_until,
        coalesce(state ->> 'members', 0) AS members, coalesce(state ->> 'control_group', 0) AS control,
        coalesce(state ->> 'cost', 0) AS said_cost, state ->> 'coupon' AS coupon
    FROM doc WHERE kind = 'campaign' AND state IS NOT NULL;
CREATE TEMP VIEW campaign_side AS
    SELECT about AS campaign, whom AS customer, what AS side, day FROM event WHERE what IN ('member', 'control');
CREATE TEMP VIEW campaign_response AS
    SELECT about AS campaign, whom, value AS response, day, source AS document FROM event
    WHERE what = 'response' AND about >= 'CM-' AND about < 'CM.';
-- bills that name a campaign, and what suppliers credit of them: what is owed and not recovered as tax
CREATE TEMP VIEW campaign_bill AS
    WITH bill (campaign, document) AS (
        SELECT target, doc FROM link WHERE target >= 'CM-' AND target < 'CM.' AND doc >= 'PI-' AND doc < 'PI.'
        UNION SELECT own.target, credit.doc FROM link AS own JOIN link AS credit ON credit.target = own.doc
        WHERE own.target >= 'CM-' AND own.target < 'CM.' AND own.doc >= 'PI-' AND own.doc < 'PI.'
            AND credit.doc >= 'CN-' AND credit.doc < 'CN.'
    ) SELECT campaign, posting.doc AS document, day, sum(amount) AS cost FROM bill JOIN posting ON posting.doc = bill.document
    WHERE account NOT IN (SELECT account FROM account WHERE role IN
        ('payable', 'supplier_advance', 'vat_input', 'vat_input_pending'))
    GROUP BY campaign, posting.doc;
-- orders and sales that a campaign brought: they name it, or the opportunity does that they come from, or they use its
-- coupon in its window
CREATE TEMP VIEW campaign_order AS
    SELECT target AS campaign, doc AS document, 'campaign' AS known_by FROM link
    WHERE target >= 'CM-' AND target < 'CM.' AND substr(doc, 1, 2) IN ('SO', 'CS')
    UNION
    SELECT own.target, won.doc, 'opportunity' FROM link AS own JOIN link AS won ON won.target = own.doc
    WHERE own.target >= 'CM-' AND own.target < 'CM.' AND own.doc >= 'OP-' AND own.doc < 'OP.' AND substr(won.doc, 1, 2) = 'SO'
    UNION
    SELECT campaign, event.doc, 'coupon' FROM campaign JOIN event ON what = 'coupon' AND value = coupon
    WHERE event.day BETWEEN started AND counted_until;
-- what was charged and delivered of those: what names them, and what was given back or credited of that
CREATE TEMP VIEW campaign_paper AS
    WITH RECURSIVE paper (campaign, document) AS (
        SELECT campaign, document FROM campaign_order
        UNION
        SELECT campaign, link.doc FROM paper JOIN link ON link.target = paper.document
        WHERE substr(link.doc, 1, 2) IN ('SI', 'DN', 'SR', 'CN')
    ) SELECT campaign, document FROM paper;
