-- Payables by age
-- What we owe each supplier, by how many days it is overdue; what is paid ahead is taken off what is not due. The total is
-- payable and supplier_advance of the books.
-- column supplier: code key
-- column name: text
-- column not_due: money total
-- column days_1_30: money total
-- column days_31_60: money total
-- column days_61_90: money total
-- column over_90: money total
-- column open: money total
-- drill: open_bill supplier

SELECT open_bill.supplier, supplier.name,
    sum(CASE WHEN open < 0 OR due >= :today THEN open ELSE 0 END) AS not_due,
    sum(CASE WHEN open > 0 AND due < :today AND due >= :days_30_ago THEN open ELSE 0 END) AS days_1_30,
    sum(CASE WHEN open > 0 AND due < :days_30_ago AND due >= :days_60_ago THEN open ELSE 0 END) AS days_31_60,
    sum(CASE WHEN open > 0 AND due < :days_60_ago AND due >= :days_90_ago THEN open ELSE 0 END) AS days_61_90,
    sum(CASE WHEN open > 0 AND due < :days_90_ago THEN open ELSE 0 END) AS over_90,
    sum(open) AS open
FROM open_bill LEFT JOIN supplier ON supplier.supplier = open_bill.supplier
GROUP BY open_bill.supplier
ORDER BY sum(open) DESC, open_bill.supplier
