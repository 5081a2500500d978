-- age_cases: a case's times follow from its messages; it is due when the first unanswered word was promised an answer.
WITH said AS (
    SELECT case_id, min(at) AS first, max(at) FILTER (WHERE direction <> 'note') AS last,
        min(at) FILTER (WHERE direction = 'out') AS replied,
        max(id) FILTER (WHERE direction = 'out') AS answered
    FROM conversations_message
    GROUP BY case_id
), waits AS (
    SELECT said.case_id, min(message.at) AS since
    FROM said
    JOIN conversations_message AS message
        ON message.case_id = said.case_id AND message.direction = 'in'
        AND message.id > coalesce(said.answered, 0)
    GROUP BY said.case_id
)
UPDATE conversations_case AS c
SET opened_at = said.first, last_at = said.last, replied_at = said.replied,
    due_at = CASE WHEN c.due_at IS NULL THEN NULL ELSE waits.since + channel.answer_within END
FROM said
LEFT JOIN waits ON waits.case_id = said.case_id, channels_channel AS channel
WHERE c.id = said.case_id AND channel.id = c.channel_id
