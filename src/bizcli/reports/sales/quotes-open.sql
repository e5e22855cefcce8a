-- Open quotes
-- Quotes that hold today and of which something can be ordered, those that end first above: what they come to without
-- tax, less what was ordered of them, and how many days are left.
-- param customer: only this customer
-- column valid_until: day
-- column days_left: count
-- column document: code key
-- column date: day
-- column customer: code
-- column name: text
-- column net: money total

SELECT valid_until, CAST(julianday(valid_until) - julianday(:today) AS INTEGER) AS days_left, quote.document,
    quote.day AS date, to_order.customer, customer.name, quote.net - coalesce(ordered.net, 0) AS net
FROM (SELECT DISTINCT document, customer, valid_until FROM to_order WHERE valid_until >= :today) AS to_order
    JOIN document AS quote ON quote.document = to_order.document
    LEFT JOIN customer ON customer.customer = to_order.customer
    LEFT JOIN (
        SELECT named.document AS document, sum(own.net) AS net
        FROM named JOIN document AS own ON own.document = by_document
        WHERE by_kind = 'sales_order' GROUP BY named.document
    ) AS ordered ON ordered.document = quote.document
WHERE :customer IS NULL OR to_order.customer = :customer
ORDER BY valid_until, quote.document
