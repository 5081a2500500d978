"""Tells the emulators which numbers and peers exist: they keep it in a file of the installation."""

from __future__ import annotations

from importlib import import_module

from filo.core import home
from filo.project.built import built
from filo.project.sample import played
from filo.project.sample.cast import GUESTS
from filo.project.sample.company import PEER, Company


def register(company: Company) -> None:
    """Written before the emulators start; they read it as their own memory."""
    if not built("filo.emulators.world"):
        return
    world_of = import_module("filo.emulators.world")
    world = world_of.World(home.home() / "emulators.json")
    for person in GUESTS:
        world.person(person.phone, name=person.name).email = person.email
    if whatsapp := company.channels.get("whatsapp"):
        told = {name: whatsapp.settings[name] for name in ("access_token", "app_secret", "waba_id")}
        number = whatsapp.settings["phone_number_id"]
        world.numbers[number] = world_of.Number(number, hook=_hook(whatsapp.hook), **told)
    if kiosk := company.channels.get("kiosk"):
        world.peers[PEER] = world_of.Peer(PEER, kiosk.settings["secret"], _hook(kiosk.hook))
    if chat := company.channels.get("chat"):
        secret = chat.settings.get("jwt_secret", "")
        world.shops[chat.public] = world_of.Shop(chat.public, home.origin(), secret)
    accounts_of = import_module("filo.emulators.accounts")
    for kind in played.kinds():
        channel = company.channels[kind]
        name = played.account(kind, channel.settings)
        account = accounts_of.Account(kind, name, channel.settings, _hook(channel.hook))
        account.options = dict(played.row(kind).options)
        world.accounts.of(kind)[name] = account
    world.keep()


def _hook(path: str) -> str:
    return f"http://127.0.0.1:{home.port()}{path}"
