-- Contacts that are due
-- Whom each person is to get in touch with by today: how many customers and leads, how many of them are late and since
-- when, and how many come in the next seven days.
-- param owner: only this person's
-- column owner: code key
-- column name: text
-- column due: count total
-- column late: count total
-- column since: day
-- column coming: count total

SELECT coalesce(owner, '') AS owner, staff.name, sum(next <= :today) AS due, sum(next < :today) AS late,
    min(CASE WHEN next < :today THEN next END) AS since, sum(next > :today AND next <= date(:today, '+7 days')) AS coming
FROM reminder LEFT JOIN staff ON staff.salesperson = reminder.owner
WHERE next <= date(:today, '+7 days') AND (:owner IS NULL OR owner = :owner)
GROUP BY coalesce(owner, '')
ORDER BY sum(next < :today) DESC, sum(next <= :today) DESC, 1
