from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "filo.staff"
    default_auto_field = "django.db.models.BigAutoField"
