-- Orders to receive
-- What is ordered from suppliers and has not arrived, the earliest first.
-- param supplier: only of this supplier
-- param item: only this item
-- column expected: day
-- column document: code key
-- column line: count
-- column supplier: code
-- column item: code
-- column warehouse: code
-- column ordered: quantity
-- column received: quantity
-- column open: quantity

SELECT expected, document, line, supplier, item, warehouse, ordered, received, ordered - received AS open
FROM to_receive
WHERE ordered > received AND (:supplier IS NULL OR supplier = :supplier) AND (:item IS NULL OR item = :item)
ORDER BY expected, document, line
