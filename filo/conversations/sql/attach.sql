-- attach: files that came with messages, still to be fetched.
INSERT INTO conversations_attachment
    (message_id, ordinal, channel_id, journal, mime, name, size, ref, sha256)
SELECT message, ordinal, channel, journal, mime, name, size, ref, sha256
FROM unnest(%(messages)s::bigint[], %(ordinals)s::smallint[], %(channels)s::bigint[],
    %(journals)s::bigint[], %(mimes)s::text[], %(names)s::text[], %(sizes)s::bigint[],
    %(refs)s::text[], %(hashes)s::text[])
    AS t (message, ordinal, channel, journal, mime, name, size, ref, sha256)
