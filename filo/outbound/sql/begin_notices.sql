-- begin_notices: answers on channels that reach only who looks, written since a place in the log.
-- Whatever the number of answers, a case has one open notice: it begins at the first.
INSERT INTO outbound_notice (case_id, identity_id, first, due_at)
SELECT DISTINCT ON (m.case_id) m.case_id, m.identity_id, m.id, m.at + %(after)s
FROM core_event AS e
JOIN conversations_message AS m ON m.case_id = e."case"
WHERE e.id > %(mark)s AND e.type = 'message_written'
    AND m.direction = 'out' AND m.withdrawn_at IS NULL AND NOT m.automatic
    AND m.channel_id = ANY(%(channels)s::bigint[]) AND m.at > %(since)s
    AND NOT EXISTS (SELECT 1 FROM outbound_notice AS n WHERE n.case_id = m.case_id AND n.first >= m.id)
ORDER BY m.case_id, m.id
ON CONFLICT (case_id) WHERE state <> 'over' DO NOTHING
