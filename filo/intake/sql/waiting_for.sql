-- waiting_for: identities whose facts must wait behind one that failed.
SELECT DISTINCT who
FROM intake_parked
WHERE NOT dead AND who = ANY(%(whose)s::text[])
