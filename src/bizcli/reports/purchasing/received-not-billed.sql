-- Received and not billed
-- Lines of receipts for which the bill, or a part of it, is still to come, the oldest first; the price is that of the receipt.
-- param supplier: only of this supplier
-- column since: day
-- column document: code key
-- column line: count
-- column supplier: code
-- column item: code
-- column received: quantity
-- column billed: quantity
-- column returned: quantity
-- column open: quantity
-- column value: money
-- column price: price = value / received

SELECT since, document, line, supplier, item, received, billed, returned, to_bill AS open, value
FROM receipt_line
WHERE to_bill > 0 AND (:supplier IS NULL OR supplier = :supplier)
ORDER BY since, document, line
