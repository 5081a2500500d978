-- park: facts that failed, or that wait behind one. Parked once, whatever happens.
INSERT INTO intake_parked (journal, ordinal, who, tries, due_at, error)
SELECT journal, ordinal, who, tries, due_at, error
FROM unnest(%(journals)s::bigint[], %(ordinals)s::int[], %(whose)s::text[],
    %(tries)s::smallint[], %(dues)s::timestamptz[], %(errors)s::text[])
    AS t (journal, ordinal, who, tries, due_at, error)
ON CONFLICT ON CONSTRAINT parked_once DO NOTHING
