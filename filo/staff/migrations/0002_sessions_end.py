from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_people_and_teams")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="generation",
            field=models.IntegerField(db_default=0, default=0),
        ),
    ]
