"""Staff, teams and tokens as rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now


class Role(models.TextChoices):
    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"


class People(BaseUserManager["Staff"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Staff:
        person = self.model(email=self.normalize_email(email).lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(email__iexact=username)


class Team(models.Model):
    name = models.TextField()
    slug = models.SlugField(unique=True)
    answers_in_public = models.BooleanField(db_default=False, default=False)

    def __str__(self) -> str:
        return self.name


class Staff(AbstractBaseUser):
    """One person who works here. `settings` are their own wishes: theme, keys, sounds.

    A new `generation` ends every session of the person.
    """

    email = models.EmailField(unique=True)
    name = models.TextField(default="")
    role = models.TextField(choices=Role.choices, default=Role.AGENT)
    language = models.TextField(default="it")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())
    settings = models.JSONField(default=dict)
    generation = models.IntegerField(db_default=0, default=0)
    answers_in_public = models.BooleanField(db_default=False, default=False)
    teams = models.ManyToManyField(Team, through="Membership", related_name="+")

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(models.functions.Lower("email"), name="staff_email_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="staff_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        """A session fits one password and one generation: switching somebody off ends both."""
        return f"{super().get_session_auth_hash()}:{self.generation}"

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty: as the system has it."""
        return str(self.settings.get("theme", ""))

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN


class Membership(models.Model):
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["staff", "team"], name="membership_once"),)


class Token(models.Model):
    """A bearer token of the API: only its digest is kept."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    name = models.TextField(default="")
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
