"""Remember which facts were understood: narrow, and spread over 16 partitions by key."""

from __future__ import annotations

from django.db import migrations

TABLE = """
CREATE TABLE intake_seen (
    scope text NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    journal bigint NOT NULL,
    CONSTRAINT fact_once PRIMARY KEY (key, scope)
) PARTITION BY HASH (key);
"""
PARTS = "".join(
    f"CREATE TABLE intake_seen_{n:02} PARTITION OF intake_seen"
    f" FOR VALUES WITH (MODULUS 16, REMAINDER {n});\n"
    for n in range(16)
)


class Migration(migrations.Migration):
    dependencies = (("intake", "0001_the_journal"),)
    operations = (migrations.RunSQL(TABLE + PARTS, "DROP TABLE intake_seen"),)
