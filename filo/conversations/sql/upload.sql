-- upload: a file that waits for its owner's message. `ref` holds the owner until then.
INSERT INTO conversations_attachment
    (staff_id, ref, mime, name, size, width, height, sha256, state)
VALUES (%(staff)s, %(owner)s, %(mime)s, %(name)s, %(size)s, %(width)s, %(height)s, %(sha256)s,
    'ready')
RETURNING id
