-- age_identities: the window for free text counts from the customer's last word.
UPDATE customers_identity AS identity
SET created_at = said.first, heard_at = coalesce(said.heard, identity.heard_at)
FROM (
    SELECT identity_id, min(at) AS first, max(at) FILTER (WHERE direction = 'in') AS heard
    FROM conversations_message
    WHERE identity_id IS NOT NULL
    GROUP BY identity_id
) AS said
WHERE identity.id = said.identity_id
