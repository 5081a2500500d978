"""The forms of the first run and of an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from filo.staff.models import Staff

LANGUAGES = [("it", "Italiano"), ("en", "English")]


class Welcome(forms.Form):
    """A name and a password: all that an invited person is asked."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Ten characters or more. A few words in a row are easy to remember."),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *given: Any, address: str = "", **named: Any) -> None:
        super().__init__(*given, **named)
        self.address = address

    def clean(self) -> dict[str, Any]:
        written = super().clean() or {}
        if password := written.get("password"):
            person = Staff(email=written.get("email", self.address), name=written.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return written


class Founder(Welcome):
    """The first administrator says an address too."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "username"})
    )
    field_order = ("name", "email", "language", "password")
