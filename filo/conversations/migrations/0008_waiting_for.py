from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0007_said_in_public'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='awaits',
            field=models.TextField(db_default=''),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('awaits', ''), _negated=True), fields=['identity'], name='delivery_kept'),
        ),
    ]
