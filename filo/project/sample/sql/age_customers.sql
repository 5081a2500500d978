-- age_customers: known since their first word.
UPDATE customers_customer AS customer
SET created_at = said.first
FROM (SELECT customer_id, min(at) AS first FROM conversations_message GROUP BY customer_id) AS said
WHERE customer.id = said.customer_id
