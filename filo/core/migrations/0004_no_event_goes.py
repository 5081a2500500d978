"""Refuse to delete from the log too: nobody who may write may make something not have happened."""

from __future__ import annotations

from django.db import migrations

REFUSE = """
DROP TRIGGER append_only ON core_event;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_event_is_append_only();
"""
ALLOW = """
DROP TRIGGER append_only ON core_event;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = (("core", "0003_limits_for_all_processes"),)
    operations = (migrations.RunSQL(REFUSE, ALLOW),)
