"""What the schema may not do."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from tests.house.architecture import tree


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("filo.")]


def test_foreign_keys_have_no_name_on_the_other_side() -> None:
    """A reverse name is a window: the part below would see the part above."""
    named = [
        f"{model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and not str(field.remote_field.related_name).endswith("+")
        and field.model.__module__.startswith("filo.")
    ]

    assert ours()
    assert not named, "say related_name='+':\n" + "\n".join(named)


def test_every_constraint_says_what_it_refuses() -> None:
    unnamed = [
        f"{model.__name__}: {constraint.name}"
        for model in ours()
        for constraint in model._meta.constraints
        if not constraint.name or re.search(r"_[0-9a-f]{8}(_|$)", constraint.name)
    ]

    assert not unnamed, "\n".join(unnamed)


def test_migrations_are_named_for_what_they_do() -> None:
    vague = [
        tree.short(path)
        for path in tree.tracked()
        if path.parent.name == "migrations"
        and re.match(r"\d{4}_(auto|initial|alter|remove)", path.name)
    ]

    assert not vague, "name them for what they do:\n" + "\n".join(vague)
