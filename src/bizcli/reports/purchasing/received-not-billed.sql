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
-- column open: quantity
-- column value: money
-- column price: price = value / received

SELECT since, document, line, supplier, item, received, billed, received - billed AS open, value
FROM receipt_line
WHERE received > billed AND (:supplier IS NULL OR supplier = :supplier)
ORDER BY since, document, line
