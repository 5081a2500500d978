-- heard_last: the customer's newest words in a case, and where they came from.
SELECT m.id, m.provider_id, m.channel_id, i.space, i.value
FROM conversations_message AS m
JOIN customers_identity AS i ON i.id = m.identity_id
WHERE m.case_id = %(case)s AND m.direction = 'in' AND m.provider_id <> ''
ORDER BY m.id DESC
LIMIT 1
