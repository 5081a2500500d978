-- replay_unread: hand all calls that could not be read to the pipeline again.
UPDATE intake_journal SET state = 0, reason = '' WHERE state = 2
