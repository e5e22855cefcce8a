-- Billed and not received
-- Lines of bills for goods that are still to come, the oldest first, and what they cost us: it waits on goods received
-- not invoiced until they are here.
-- param supplier: only of this supplier
-- column since: day
-- column document: code key
-- column line: count
-- column order: code
-- column supplier: code
-- column item: code
-- column expected: day
-- column billed: quantity
-- column received: quantity
-- column open: quantity
-- column value: money total

SELECT since, billed_ahead.document, billed_ahead.line, order_document AS "order", billed_ahead.supplier,
    billed_ahead.item, expected, billed, billed_ahead.received AS received, open, value
FROM billed_ahead LEFT JOIN to_receive ON to_receive.document = order_document AND to_receive.line = order_line
WHERE (open <> 0 OR value <> 0) AND (:supplier IS NULL OR billed_ahead.supplier = :supplier)
ORDER BY since, billed_ahead.document, billed_ahead.line
