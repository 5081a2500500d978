"""What limits are counted in: buckets of our own, and the cache of the login's."""

from __future__ import annotations

from django.db import migrations, models

# Django's own shape of a cache in the database. What a crash forgets of it, nobody misses.
CACHE = """
CREATE UNLOGGED TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = (("core", "0002_append_only"),)
    operations = (
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("level", models.FloatField()),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="bucket_age")]},
        ),
        migrations.RunSQL(
            "ALTER TABLE core_bucket SET UNLOGGED", "ALTER TABLE core_bucket SET LOGGED"
        ),
        migrations.RunSQL(CACHE, "DROP TABLE core_cache"),
    )
