from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0005_changes_come_early'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_due',
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('owner__isnull', True), ('state', 'pending')), fields=['channel', 'due_at', 'id'], name='delivery_due'),
        ),
    ]
