-- case_readers: who may know that somebody looks at a case.
SELECT c.customer_id, p.teams, c.team_id, c.restricted
FROM conversations_case c
JOIN customers_customer p ON p.id = c.customer_id
WHERE c.id = %(case)s
