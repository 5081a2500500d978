"""The channels of every provider that is played in the town: one row each, the rest from the card.

A kind gets a channel when it has both a connector and a player. What a row does not say is made
up: keys at random, the API's address is the town's.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from importlib import import_module

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from filo.channels import registry
from filo.channels.contract import Card, Setting
from filo.project.built import built
from filo.project.sample.cast import BAGS, BOOKING, COMPLAINTS

PLAYERS = "filo.emulators.players"
PAGE = "110048215550118"


class Row(msgspec.Struct, frozen=True):
    """What the sample wants of one provider; settings that its card does not have are left out."""

    name: str = ""
    team: str = BOOKING
    settings: dict[str, str] = {}
    options: dict[str, object] = {}


ROWS: Mapping[str, Row] = {
    "messenger": Row("Messenger Brezza", settings={"page_id": PAGE}),
    "facebook_page": Row("Pagina Facebook Brezza", COMPLAINTS, {"page_id": PAGE}),
    "instagram": Row("Instagram @brezza", settings={"account_id": "17841405550118"}),
    "x": Row("X @brezza", COMPLAINTS, {"user_id": "1555011800000000001", "username": "brezza"}),
    "telegram": Row("Telegram @brezza_bot", settings={"username": "brezza_bot"}),
    "wechat": Row("WeChat Brezza", settings={"original_id": "gh_b555011825ad"}),
    "sms": Row("SMS Brezza", BAGS, {"number": "+390205550118"}),
    "line": Row("LINE Brezza", settings={"provider_id": "1655550118"}),
    "viber": Row("Viber Brezza", settings={"bot": "brezza", "sender_name": "Brezza"}),
    "apple": Row("Messaggi di Apple", settings={"business_id": "urn:biz:5550118a-brezza"}),
    "app": Row(
        "App Brezza",
        settings={
            "name": "Brezza",
            "contact": "mailto:aiuto@brezza.example",
            "apns_key_id": "BRZ5550118",
            "apns_team": "BREZZA5550",
            "apns_topic": "example.brezza.app",
        },
    ),
    "reviews": Row("Recensioni Brezza", COMPLAINTS, {"location": "accounts/5550118/locations/118"}),
}


def _apple_key() -> str:
    """The `.p8` file that Apple's site would give."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _google_account() -> str:
    """The JSON file that the Firebase console would give."""
    mail = "push@brezza-5550118.iam.gserviceaccount.com"
    key = _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    told = {"type": "service_account", "project_id": "brezza-5550118", "client_email": mail}
    return msgspec.json.encode(told | {"private_key": key, "private_key_id": "k1"}).decode()


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*form).decode()


# Settings that nobody must give, and that the town has all the same.
GIVEN: dict[str, Callable[[], str]] = {"apns_key": _apple_key, "fcm_account": _google_account}
# Keys whose form a provider or its libraries check; all others are any random text.
SHAPES: dict[str, Callable[[str], str]] = {
    "account_sid": lambda _: f"AC{secrets.token_hex(16)}",
    "encoding_aes_key": lambda _: f"{secrets.token_hex(21)}A",  # base64 of 32 bytes
    "app_id": lambda _: f"wx{secrets.token_hex(8)}",
    "msp_secret": lambda _: b64encode(secrets.token_bytes(32)).decode(),
    "secret_token": lambda _: secrets.token_hex(16),
    "token": lambda kind: (
        f"5550118{secrets.randbelow(900) + 100}:{secrets.token_hex(17)}"
        if kind == "telegram"
        else secrets.token_hex(16)
    ),
}


def kinds() -> list[str]:
    """The kinds that can be spoken and are played."""
    if not built(PLAYERS):
        return []
    players = import_module(PLAYERS).players()
    return [kind for kind in registry.kinds() if kind in players]


def row(kind: str) -> Row:
    return ROWS.get(kind, Row())


def settings(kind: str, *, town: str, keys: dict[str, str]) -> dict[str, str]:
    """Settings that the card takes. `keys` are shared by the channels of one sample: two channels
    of one family are signed by the same secret."""
    card = registry.connector(kind).card
    wanted = row(kind).settings
    made = {one.name: wanted.get(one.name) or _made(card, one, town, keys) for one in card.settings}
    return {name: value for name, value in made.items() if value}


def _made(card: Card, setting: Setting, town: str, keys: dict[str, str]) -> str:
    if setting.name == "api_base":
        return town
    if setting.name in SHAPES and setting.required:
        return SHAPES[setting.name](card.kind)
    if setting.name in GIVEN:
        return GIVEN[setting.name]()
    if setting.default or setting.made or not setting.required:
        return ""
    if setting.name == card.signed_by:
        return keys.setdefault(setting.name, secrets.token_hex(16))
    return secrets.token_hex(16)


def account(kind: str, opened: Mapping[str, str]) -> str:
    """How the provider calls the channel: its number, page or official account."""
    return opened.get(registry.connector(kind).card.address, "").rpartition("/")[2] or kind
