-- Trial balance
-- Each account at the beginning of the period, what it took and gave in it, and how it stands at the end; debit positive.
-- Whole months only.
-- period: months
-- column account: code key
-- column role: text
-- column opening: money total
-- column change: money total
-- column closing: money total
-- drill: ledger account

SELECT account_month.account, role,
    sum(CASE WHEN month < substr(:from, 1, 7) THEN amount ELSE 0 END) AS opening,
    sum(CASE WHEN month >= substr(:from, 1, 7) THEN amount ELSE 0 END) AS change,
    sum(amount) AS closing
FROM account_month LEFT JOIN account_role ON account_role.account = account_month.account
WHERE month <= substr(:to, 1, 7)
GROUP BY account_month.account
HAVING sum(abs(amount)) <> 0
ORDER BY account_month.account
