-- catch_up_one: reports that came before the receipt of this message.
DELETE FROM conversations_earlyreport
WHERE provider_id = %(provider_id)s
RETURNING channel, provider_id, state, reason, detail, at
