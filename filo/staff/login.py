"""What we ask of django-allauth: nobody signs up, secrets are sealed, one's language is spoken."""

from __future__ import annotations

import base64
from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from filo.core import vault

_ROW = "staff: second factors"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts are made by an administrator, never by the one who knocks."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """The seeds of authenticator apps are secrets of the installation like any other."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault.seal(text.encode(), row=_ROW)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.open_(base64.b64decode(encrypted_text), row=_ROW).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Filo"}


def speaks_their_language(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: whoever is logged in reads the language of their profile."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
        return get_response(request)

    return respond
