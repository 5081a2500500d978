"""Leave room in the pages of rows that change often, so that they change in place."""

from __future__ import annotations

from django.db import migrations

ROOM = """
ALTER TABLE conversations_case SET (fillfactor = 70);
ALTER TABLE conversations_delivery SET (fillfactor = 70);
ALTER TABLE customers_identity SET (fillfactor = 80);
ALTER TABLE intake_journal SET (fillfactor = 90);
"""
BACK = """
ALTER TABLE conversations_case RESET (fillfactor);
ALTER TABLE conversations_delivery RESET (fillfactor);
ALTER TABLE customers_identity RESET (fillfactor);
ALTER TABLE intake_journal RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = (
        ("conversations", "0001_messages_cases_deliveries"),
        ("customers", "0001_customers_and_identities"),
        ("intake", "0001_the_journal"),
    )
    operations = (migrations.RunSQL(ROOM, BACK),)
