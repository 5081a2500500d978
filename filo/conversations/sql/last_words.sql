-- last_words: the queue shows what the last words of a case are now.
UPDATE conversations_case AS c
SET last_text = t.words
FROM unnest(%(cases)s::bigint[], %(messages)s::bigint[], %(words)s::text[]) AS t (id, message, words)
WHERE c.id = t.id AND c.last_message = t.message
