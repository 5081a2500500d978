-- catch_up: reports that overtook the receipt, now that their message is known.
DELETE FROM conversations_earlyreport AS r
USING conversations_delivery AS d
WHERE r.provider_id = d.provider_id AND d.provider_id <> ''
    AND r.kept_at > now() - interval '2 minutes'
RETURNING d.id, r.channel, r.provider_id, r.state, r.reason, r.detail, r.at
