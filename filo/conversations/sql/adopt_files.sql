-- adopt_files: messages take files of their own author, once; somebody else's id takes nothing.
UPDATE conversations_attachment AS file
SET message_id = wanted.message, ordinal = wanted.ordinal, channel_id = wanted.channel
FROM unnest(%(ids)s::bigint[], %(messages)s::bigint[], %(ordinals)s::smallint[],
    %(channels)s::bigint[], %(owners)s::text[]) AS wanted (id, message, ordinal, channel, owner)
WHERE file.id = wanted.id
  AND file.ref = wanted.owner
  AND file.message_id IS NULL
  AND file.state = 'ready'
