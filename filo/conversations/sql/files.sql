-- files: what is kept and may be shown or sent.
SELECT id, sha256, mime, name
FROM conversations_attachment
WHERE id = ANY(%(ids)s::bigint[])
  AND state = 'ready'
