-- send_off: the outbox, in the same transaction as the message.
INSERT INTO conversations_delivery
    (message_id, part, spoken, identity_id, channel_id, reason, awaits, due_at)
SELECT %(message)s, part - 1, spoken::jsonb, %(identity)s, %(channel)s, %(reason)s, %(awaits)s, %(due)s
FROM unnest(%(spoken)s::text[]) WITH ORDINALITY AS t (spoken, part)
