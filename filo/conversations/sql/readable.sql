-- readable: who may read one of a customer's cases reads the customer.
SELECT 1
FROM customers_customer
WHERE id = %(customer)s AND (%(everything)s OR teams && %(teams)s::bigint[])
