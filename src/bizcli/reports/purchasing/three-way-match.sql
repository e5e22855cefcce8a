-- Three-way match
-- Ordered, received and billed, line by line, where they differ: goods that are still to come, bills that are still to come,
-- goods that are billed and not here, goods that went back and are to be credited, more than was ordered, and bills with
-- another price than the goods came in at, beyond what bill_tolerance allows. A receipt without an order stands for its own.
-- param supplier: only of this supplier
-- column document: code key
-- column line: count
-- column supplier: code
-- column item: code
-- column ordered: quantity
-- column received: quantity
-- column returned: quantity
-- column billed: quantity
-- column to_receive: quantity
-- column to_bill: quantity
-- column billed_ahead: quantity
-- column to_credit: quantity
-- column value: money total
-- column difference: money total

SELECT both.document, both.line, supplier, item, sum(ordered) AS ordered, sum(received) AS received, sum(returned) AS returned,
    sum(billed) AS billed, sum(ordered) - sum(came) AS to_receive, sum(to_bill) AS to_bill, sum(ahead) AS billed_ahead,
    sum(to_credit) AS to_credit,
    sum(value) AS value, sum(difference) AS difference
FROM (
    SELECT document, line, supplier, item, ordered, received AS came, 0 AS received, 0 AS returned, 0 AS billed, 0 AS to_bill,
        0 AS ahead, 0 AS to_credit, 0 AS value, 0 AS difference
    FROM to_receive
    UNION ALL
    SELECT order_document, order_line, supplier, item, 0, 0, received, returned, billed, to_bill, 0, to_credit, value,
        difference
    FROM receipt_line
    UNION ALL
    SELECT order_document, order_line, supplier, item, 0, 0, 0, 0, open, 0, open, 0, 0, 0 FROM billed_ahead WHERE open > 0
) AS both
WHERE (:supplier IS NULL OR supplier = :supplier)
GROUP BY both.document, both.line, supplier, item
HAVING sum(ordered) <> sum(came) OR (sum(ordered) > 0 AND sum(received) > sum(ordered)) OR sum(to_bill) <> 0
    OR sum(to_credit) <> 0 OR abs(sum(difference)) > :bill_tolerance
ORDER BY both.document, both.line
