from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0001_channels'),
    ]

    operations = [
        migrations.AddField(
            model_name='health',
            name='announced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='health',
            name='ends_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='health',
            name='looked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='health',
            name='quality',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='health',
            name='quota',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='health',
            name='renewed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Traffic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('sent', models.BigIntegerField(db_default=0)),
                ('failed', models.BigIntegerField(db_default=0)),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.channel')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('channel', 'hour'), name='traffic_of_an_hour_once')],
            },
        ),
    ]
