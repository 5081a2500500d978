"""What was done with public words in the provider's own page, and when each deed was last done."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0012_mine_by_index")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="exposure", name="shown_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="exposure", name="unliked_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="moderation", name="elsewhere", field=models.BooleanField(db_default=False)
        ),
    ]
