-- replay: hand these calls to the pipeline again; keys already seen are passed over there.
UPDATE intake_journal SET state = 0, reason = '' WHERE id = ANY(%s) AND state <> 0
