-- journal: the calls that the messages came by.
INSERT INTO intake_journal (id, channel, lane, at, body, state)
OVERRIDING SYSTEM VALUE
SELECT n, %(channel)s, hashint8(n) & 63, now() - interval '90 days' * ((%(messages)s - n)::float8 / %(messages)s),
    convert_to('{"events":[{"type":"said","id":"old-' || n || '","at":"2026-11-22T12:00:00Z","from":'
        || '{"id":"p1","name":"Persona"},"parts":[{"type":"text","text":"Buongiorno, scrivo per'
        || ' la pratica, grazie"}]}]}', 'utf8'), 1
FROM generate_series(1, %(messages)s::bigint) AS n
