from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "filo.customers"
    default_auto_field = "django.db.models.BigAutoField"
