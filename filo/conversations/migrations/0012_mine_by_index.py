"""The number beside "mine" is counted in its index alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("conversations", "0011_client_id_of_ours")]
    operations: ClassVar = [
        migrations.RemoveIndex(model_name="case", name="case_mine"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["owner", "due_at", "id"],
                include=("status",),
                condition=models.Q(("owner__isnull", False))
                & models.Q(("status", "solved"), _negated=True),
                name="case_mine",
            ),
        ),
    ]
