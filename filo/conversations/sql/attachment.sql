-- attachment: one file, for whoever reads its message, or uploaded it themselves.
SELECT file.id, file.ordinal, file.mime, file.name, file.size, file.state, file.reason,
    file.width, file.height
FROM conversations_attachment AS file
LEFT JOIN conversations_message AS message ON message.id = file.message_id
LEFT JOIN conversations_case AS matter ON matter.id = message.case_id
LEFT JOIN customers_customer AS customer ON customer.id = message.customer_id
WHERE file.id = %(id)s
  AND CASE
    WHEN file.message_id IS NULL THEN file.staff_id = %(staff)s
    ELSE (%(everything)s OR customer.teams && %(teams)s::bigint[])
      AND (NOT matter.restricted OR %(everything)s OR matter.team_id = ANY(%(teams)s::bigint[]))
  END
