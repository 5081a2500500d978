from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0002_sessions_end'),
    ]

    operations = [
        migrations.AddField(
            model_name='staff',
            name='answers_in_public',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='team',
            name='answers_in_public',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
