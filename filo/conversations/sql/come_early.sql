-- come_early: reports for messages that we do not know yet wait here for the receipt.
INSERT INTO conversations_earlyreport (channel, provider_id, state, reason, detail, at)
SELECT channel, provider_id, state, reason, detail, at
FROM unnest(%(channels)s::bigint[], %(provider_ids)s::text[], %(states)s::text[],
    %(reasons)s::text[], %(details)s::text[], %(ats)s::timestamptz[])
    AS t (channel, provider_id, state, reason, detail, at)
