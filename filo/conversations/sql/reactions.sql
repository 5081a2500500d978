-- reactions: living ones, with the name of who reacted.
SELECT r.message_id, r.emoji, i.name
FROM conversations_reaction AS r
JOIN customers_identity AS i ON i.id = r.identity_id
WHERE r.message_id = ANY(%(ids)s::bigint[]) AND r.emoji <> ''
ORDER BY r.message_id, r.at, r.identity_id
