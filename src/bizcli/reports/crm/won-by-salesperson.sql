-- Won by salesperson
-- What each person opened, won and lost in the period, what was won, what part of all that was decided that is, and how
-- many days it took on average from opening to winning.
-- param source: only those that came from there
-- column owner: code key
-- column name: text
-- column opportunities: count total
-- column won: count total
-- column lost: count total
-- column decided: count total
-- column win_rate: percent = won / decided
-- column amount: money total
-- column days: count
-- column average_days: price = days / won

SELECT coalesce(owner, '') AS owner, staff.name, sum(opened) AS opened, sum(won) AS won, sum(lost) AS lost, sum(won + lost) AS decided,
    sum(amount) AS amount, sum(days) AS days
FROM (
    SELECT owner, day BETWEEN :from AND :to AS opened, coalesce(status = 'won' AND closed BETWEEN :from AND :to, 0) AS won,
        coalesce(status = 'lost' AND closed BETWEEN :from AND :to, 0) AS lost,
        CASE WHEN status = 'won' AND closed BETWEEN :from AND :to THEN amount ELSE 0 END AS amount,
        CASE WHEN status = 'won' AND closed BETWEEN :from AND :to THEN CAST(julianday(closed) - julianday(day) AS INTEGER) ELSE 0 END AS days
    FROM opportunity WHERE :source IS NULL OR source = :source
) AS own LEFT JOIN staff ON staff.salesperson = own.owner
GROUP BY coalesce(owner, '')
HAVING sum(opened + won + lost) > 0
ORDER BY sum(amount) DESC, 1
