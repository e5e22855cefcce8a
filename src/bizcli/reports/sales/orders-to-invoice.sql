-- Orders to invoice
-- What is delivered (of services: ordered) and not invoiced, the oldest first.
-- param customer: only this customer
-- column since: day
-- column document: code key
-- column line: count
-- column customer: code
-- column item: code
-- column open: quantity

SELECT since, document, line, customer, item, open
FROM to_invoice
WHERE :customer IS NULL OR customer = :customer
ORDER BY since, document, line
