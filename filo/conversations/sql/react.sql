-- react: one reaction each; a later one replaces it, an empty one takes it back. Of two of one moment
-- always the same one wins, whichever came first.
INSERT INTO conversations_reaction AS r (message_id, identity_id, emoji, at)
SELECT DISTINCT ON (message, identity) message, identity, emoji, at
FROM unnest(%(messages)s::bigint[], %(identities)s::bigint[], %(emojis)s::text[],
    %(ats)s::timestamptz[]) AS t (message, identity, emoji, at)
ORDER BY message, identity, at DESC, emoji DESC
ON CONFLICT ON CONSTRAINT one_reaction_each
DO UPDATE SET emoji = excluded.emoji, at = excluded.at WHERE (r.at, r.emoji) < (excluded.at, excluded.emoji)
