-- Won by item
-- What opportunities that were opened in the period are about, by item: how many are open, won and lost, and what was won,
-- shared out by what their lines said when they were opened.
-- param owner: only this person's
-- column item: code key
-- column name: text
-- column opportunities: count
-- column open: count
-- column won: count
-- column lost: count
-- column open_amount: money total
-- column amount: money total

WITH line AS (
        SELECT about AS opportunity, value AS item, sum(amount) AS amount FROM happened WHERE what = 'item' GROUP BY 1, 2
    ),
    part AS (
        SELECT opportunity.status AS status, line.item AS item,
            CASE WHEN count(*) OVER whole = 1 THEN opportunity.amount
                WHEN sum(line.amount) OVER whole = 0 THEN 0
                ELSE CAST(round(1.0 * opportunity.amount * line.amount / sum(line.amount) OVER whole / :unit) AS INTEGER) * :unit END AS amount
        FROM line JOIN opportunity ON opportunity.opportunity = line.opportunity
        WHERE opportunity.day BETWEEN :from AND :to AND (:owner IS NULL OR owner = :owner)
        WINDOW whole AS (PARTITION BY line.opportunity)
    )
SELECT part.item, item.name, count(*) AS opportunities, sum(status = 'open') AS open, sum(status = 'won') AS won,
    sum(status = 'lost') AS lost, sum(CASE status WHEN 'open' THEN amount ELSE 0 END) AS open_amount,
    sum(CASE status WHEN 'won' THEN amount ELSE 0 END) AS amount
FROM part LEFT JOIN item ON item.item = part.item
GROUP BY part.item
ORDER BY sum(CASE status WHEN 'won' THEN amount ELSE 0 END) DESC, part.item
