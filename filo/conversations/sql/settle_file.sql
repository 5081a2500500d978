-- settle_file: what became of a file; nothing if somebody erased it meanwhile.
UPDATE conversations_attachment AS file
SET state = %(state)s, reason = %(reason)s, mime = %(mime)s, name = %(name)s, size = %(size)s,
    width = %(width)s, height = %(height)s, sha256 = %(sha256)s
FROM conversations_message AS message
WHERE file.id = %(id)s
  AND file.state = 'pending'
  AND message.id = file.message_id
RETURNING message.customer_id, message.case_id
