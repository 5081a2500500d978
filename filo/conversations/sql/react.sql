-- react: one reaction each; a later one replaces it, an empty one takes it back.
INSERT INTO conversations_reaction AS r (message_id, identity_id, emoji, at)
SELECT message, identity, emoji, at
FROM unnest(%(messages)s::bigint[], %(identities)s::bigint[], %(emojis)s::text[],
    %(ats)s::timestamptz[]) AS t (message, identity, emoji, at)
ON CONFLICT ON CONSTRAINT one_reaction_each
DO UPDATE SET emoji = excluded.emoji, at = excluded.at WHERE r.at <= excluded.at
