-- proved_mail: e-mail addresses that are proved theirs and neither blocked nor bounced, with the
-- team of the case, whose own mailbox writes before any other.
SELECT i.id, i.space, i.value, i.name, i.state, c.team_id
FROM customers_identity AS i
JOIN conversations_case AS c ON c.id = %(case)s
WHERE i.customer_id = %(customer)s
    AND i.space = 'email'
    AND i.verified
    AND i.state = ''
ORDER BY i.id
LIMIT 5
