-- keep_templates: the provider's templates as they are now, over what we knew of them.
INSERT INTO channels_template AS kept (channel_id, name, language, state, category, header, body,
    footer, buttons, variables, detail, changed_at)
SELECT %(channel)s, name, language, state, category, header, body, footer,
    coalesce(string_to_array(nullif(buttons, ''), chr(31)), ARRAY[]::text[]), coalesce(string_to_array(nullif(variables, ''), chr(31)), ARRAY[]::text[]),
    detail, %(at)s
FROM unnest(%(names)s::text[], %(languages)s::text[], %(states)s::text[], %(categories)s::text[],
    %(headers)s::text[], %(bodies)s::text[], %(footers)s::text[], %(buttons)s::text[],
    %(variables)s::text[], %(details)s::text[])
    AS t (name, language, state, category, header, body, footer, buttons, variables, detail)
ON CONFLICT ON CONSTRAINT template_once_a_language DO UPDATE
SET state = EXCLUDED.state,
    category = EXCLUDED.category,
    header = EXCLUDED.header,
    body = EXCLUDED.body,
    footer = EXCLUDED.footer,
    buttons = EXCLUDED.buttons,
    variables = EXCLUDED.variables,
    detail = EXCLUDED.detail,
    changed_at = EXCLUDED.changed_at
