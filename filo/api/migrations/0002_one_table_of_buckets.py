from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """How fast a token calls is counted where everything else is: `core_bucket`."""

    dependencies = [
        ('api', '0001_keys_and_buckets'),
        ('core', '0003_limits_for_all_processes'),
    ]

    operations = [
        migrations.DeleteModel(name='Bucket'),
    ]
