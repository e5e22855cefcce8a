-- Ledger of an account
-- Every amount on an account in the period, in order of days, debit positive; the sub-accounts of parties with it.
-- param account: the account, or its role such as bank (needed)
-- column day: day
-- column document: code key
-- column party: code
-- column item: code
-- column amount: money total

SELECT day, document, party, item, amount
FROM ledger
WHERE day BETWEEN :from AND :to
    AND account IN (SELECT account FROM account_role WHERE account = :account
        UNION SELECT account FROM account_month WHERE account = :account
        UNION SELECT account FROM role WHERE role = :account OR role LIKE :account || '.%')
ORDER BY day, document, item
