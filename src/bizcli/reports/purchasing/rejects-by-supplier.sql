-- Rejected goods by supplier
-- What suppliers brought in the period and what of it was not accepted, by reason: a row for each reason, and one
-- for a supplier of whom all was accepted. The percentage is of all that the supplier brought.
-- param supplier: only this supplier
-- param item: only this item
-- column supplier: code key
-- column name: text
-- column reason: text key
-- column received: quantity
-- column rejected: quantity
-- column percent: percent = rejected / received
-- column value: money total

WITH own AS (
    SELECT supplier, reason, qty, value FROM arrived
    WHERE day BETWEEN :from AND :to AND (:supplier IS NULL OR supplier = :supplier) AND (:item IS NULL OR item = :item)
), brought AS (SELECT supplier, sum(qty) AS qty FROM own GROUP BY supplier)
SELECT brought.supplier, supplier.name, own.reason, brought.qty AS received,
    coalesce(sum(own.qty), 0) AS rejected, coalesce(sum(own.value), 0) AS value
FROM brought LEFT JOIN own ON own.supplier = brought.supplier AND own.reason IS NOT NULL
    LEFT JOIN supplier ON supplier.supplier = brought.supplier
GROUP BY brought.supplier, own.reason
ORDER BY coalesce(sum(own.qty), 0) * 1.0 / brought.qty DESC, brought.supplier, own.reason
