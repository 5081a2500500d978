from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0001_channels'),
        ('conversations', '0006_turns_by_channel'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider_id', models.TextField()),
                ('url', models.TextField(db_default='')),
                ('text', models.TextField(db_default='')),
                ('by', models.TextField(db_default='')),
                ('ours', models.BooleanField(db_default=False)),
                ('reach', models.BigIntegerField(db_default=0)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('channel', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.channel')),
            ],
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='conversations.message')),
                ('above', models.TextField(db_default='')),
                ('reach', models.BigIntegerField(db_default=0)),
                ('rating', models.SmallIntegerField(db_default=0)),
                ('url', models.TextField(db_default='')),
                ('hidden_at', models.DateTimeField(null=True)),
                ('liked_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('continued_by', models.BigIntegerField(null=True)),
                ('points_to', models.BigIntegerField(null=True)),
                ('post', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.post')),
            ],
        ),
        migrations.CreateModel(
            name='Moderation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.TextField()),
                ('state', models.TextField(db_default='pending')),
                ('detail', models.TextField(db_default='')),
                ('tries', models.SmallIntegerField(db_default=0)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.message')),
                ('staff', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['due_at'], name='moderation_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'carried_out', 'failed'])), name='moderation_state_is_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('channel', 'provider_id'), name='post_once'),
        ),
        migrations.AddIndex(
            model_name='exposure',
            index=models.Index(fields=['post', 'message'], name='exposure_post'),
        ),
        migrations.AddIndex(
            model_name='exposure',
            index=models.Index(condition=models.Q(('points_to__isnull', False)), fields=['points_to'], name='exposure_points_to'),
        ),
    ]
