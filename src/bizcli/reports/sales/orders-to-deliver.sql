-- Orders to deliver
-- What is ordered and not delivered, the earliest promise first, and what lies in the warehouse that is to deliver.
-- Of a kit nothing lies there as such: `show` of the kit says how many its components make.
-- param customer: only this customer
-- param item: only this item
-- column promised: day
-- column document: code key
-- column line: count
-- column customer: code
-- column item: code
-- column warehouse: code
-- column ordered: quantity
-- column delivered: quantity
-- column open: quantity
-- column on_hand: quantity

SELECT promised, document, line, customer, to_deliver.item, to_deliver.warehouse, ordered, delivered, open,
    CASE WHEN item.type = 'kit' THEN NULL ELSE coalesce(stock.qty, 0) END AS on_hand
FROM to_deliver LEFT JOIN item ON item.item = to_deliver.item LEFT JOIN stock ON stock.item = to_deliver.item AND stock.warehouse = to_deliver.warehouse
WHERE (:customer IS NULL OR customer = :customer) AND (:item IS NULL OR to_deliver.item = :item)
ORDER BY promised, document, line
