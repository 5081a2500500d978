-- announce_templates: news of single templates; without a language they are of all its languages.
UPDATE channels_template AS kept
SET state = t.state, detail = t.detail, changed_at = now()
FROM unnest(%(channels)s::bigint[], %(names)s::text[], %(languages)s::text[], %(states)s::text[],
    %(details)s::text[]) AS t (channel, name, language, state, detail)
WHERE kept.channel_id = t.channel AND kept.name = t.name
    AND (t.language = '' OR kept.language = t.language)
