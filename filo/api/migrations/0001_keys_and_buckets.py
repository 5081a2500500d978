"""Keep the answers to repeated writes, and count calls."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('token', models.BinaryField(primary_key=True, serialize=False)),
                ('level', models.FloatField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField()),
                ('digest', models.BinaryField()),
                ('status', models.SmallIntegerField()),
                ('answer', models.BinaryField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='idempotency_key_age')],
                'constraints': [models.UniqueConstraint(fields=('staff', 'key'), name='idempotency_key_once')],
            },
        ),
        # A count that a crash may forget: without a log, a call costs no wait for the disk.
        migrations.RunSQL(
            "ALTER TABLE api_bucket SET UNLOGGED", "ALTER TABLE api_bucket SET LOGGED"
        ),
    ]
