-- Receivables by age
-- What each customer owes, by how many days it is overdue; advances and credits not yet used are taken off what is not
-- due. The total is receivable and customer_advance of the books.
-- column customer: code key
-- column name: text
-- column not_due: money total
-- column days_1_30: money total
-- column days_31_60: money total
-- column days_61_90: money total
-- column over_90: money total
-- column open: money total
-- drill: open_item customer

SELECT open_item.customer, customer.name,
    sum(CASE WHEN open < 0 OR due >= :today THEN open ELSE 0 END) AS not_due,
    sum(CASE WHEN open > 0 AND due < :today AND due >= :days_30_ago THEN open ELSE 0 END) AS days_1_30,
    sum(CASE WHEN open > 0 AND due < :days_30_ago AND due >= :days_60_ago THEN open ELSE 0 END) AS days_31_60,
    sum(CASE WHEN open > 0 AND due < :days_60_ago AND due >= :days_90_ago THEN open ELSE 0 END) AS days_61_90,
    sum(CASE WHEN open > 0 AND due < :days_90_ago THEN open ELSE 0 END) AS over_90,
    sum(open) AS open
FROM open_item LEFT JOIN customer ON customer.customer = open_item.customer
GROUP BY open_item.customer
ORDER BY sum(open) DESC, open_item.customer
