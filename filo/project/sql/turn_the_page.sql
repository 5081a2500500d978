-- turn_the_page: after a restore every cursor of before means nothing. A new epoch tells the live screens to start anew.
INSERT INTO core_fact (name, value)
VALUES ('epoch', md5(random()::text || clock_timestamp()::text))
ON CONFLICT (name) DO UPDATE SET value = excluded.value
