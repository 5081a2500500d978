"""Refuse any change of an event: the log is only ever added to."""

from __future__ import annotations

from django.db import migrations

REFUSE = """
CREATE FUNCTION core_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_event is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_event_is_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON core_event;
DROP FUNCTION core_event_is_append_only();
"""
BORN = """
INSERT INTO core_fact (name, value) VALUES
    ('epoch', md5(random()::text || clock_timestamp()::text)),
    ('installation', md5(random()::text || clock_timestamp()::text))
"""


class Migration(migrations.Migration):
    dependencies = (("core", "0001_the_log"),)
    operations = (
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(BORN, "DELETE FROM core_fact WHERE name IN ('epoch', 'installation')"),
    )
