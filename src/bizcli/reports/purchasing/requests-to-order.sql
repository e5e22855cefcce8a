-- Requests to order
-- What is approved and not ordered yet, by the day on which it is needed.
-- param warehouse: only for this warehouse
-- param item: only this item
-- column needed: day
-- column document: code key
-- column date: day
-- column item: code key
-- column name: text
-- column warehouse: code
-- column requested: quantity
-- column open: quantity

SELECT to_buy.needed, to_buy.document, request.day AS date, to_buy.item, item.name, to_buy.warehouse,
    to_buy.requested, to_buy.open
FROM to_buy JOIN document AS request ON request.document = to_buy.document
    LEFT JOIN item ON item.item = to_buy.item
WHERE (:warehouse IS NULL OR to_buy.warehouse = :warehouse) AND (:item IS NULL OR to_buy.item = :item)
ORDER BY to_buy.needed IS NULL, to_buy.needed, to_buy.document, to_buy.line
