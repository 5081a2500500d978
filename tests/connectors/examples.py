"""One example of each part, for all that tests what a connector can say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from filo.channels.contract import (
    Airport,
    Appointment,
    Bill,
    BoardingPass,
    Carousel,
    Choice,
    Code,
    Contact,
    Field,
    Form,
    Html,
    Item,
    Location,
    Media,
    Native,
    Option,
    Part,
    Payment,
    Price,
    RichCard,
    Shipment,
    Slot,
    Slots,
    Survey,
    Template,
    Text,
)

EUROS = Price(Decimal("15.00"), "EUR")
SOON = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
PICTURE = Media("image/png", "https://files.example/p.png", "La carta", "p.png", size=10)
SHOES = RichCard(
    "Scarpe",
    "Rosse, numero 38",
    Media("image/png", "https://files.example/s.png", name="s.png", size=10),
    (Option("buy", "Le prendo"), Option("see", "Vedi", url="https://shop.example/s")),
)
HAT = RichCard(
    "Cappello",
    "Di paglia",
    Media("image/png", "https://files.example/h.png", name="h.png", size=10),
    (Option("hat", "Lo prendo"), Option("see2", "Vedi", url="https://shop.example/h")),
)
FLIGHT = BoardingPass(
    passenger="Conti/Ada",
    flight="BZ 123",
    origin=Airport("MXP", "Milano"),
    destination=Airport("CTA", "Catania"),
    departs=SOON,
    reference="K7QWER",
    seat="12A",
    code=Code("aztec", "M1CONTI/ADA"),
    url="https://brezza.example/p",
)

EXAMPLES: dict[type, Part] = {
    Text: Text("Buongiorno"),
    Media: PICTURE,
    Choice: Choice("Quale posto?", (Option("a", "Corridoio"), Option("w", "Finestrino"))),
    Location: Location(45.63, 8.72, "Malpensa"),
    Contact: Contact("Ada Conti", ("+393331234567",)),
    Html: Html("<p>Buongiorno</p>", "Buongiorno"),
    Native: Native("order", "2 x pizza"),
    RichCard: SHOES,
    Carousel: Carousel((SHOES, HAT), "Scegli"),
    Form: Form("f1", "Reso", (Field("why", "Perché?"), Field("mail", "E-mail", "email"))),
    Slots: Slots("Quando?", (Slot("s1", SOON, 30), Slot("s2", SOON.replace(hour=11), 30))),
    Survey: Survey("q1", "Com'è andata?", low="male", high="bene"),
    Bill: Bill(
        "R-1", (Item("Pizza", Price(Decimal("7.50"), "EUR"), 2),), Price(Decimal(15), "EUR")
    ),
    BoardingPass: FLIGHT,
    Shipment: Shipment("SP1", "in viaggio", "Corriere", url="https://track.example/SP1"),
    Appointment: Appointment("Prova", SOON, 30, "Via Roma 1"),
    Payment: Payment(
        "Saldo", Price(Decimal("15.00"), "EUR"), "K7QWER", "https://pay.example/K7QWER"
    ),
    Template: Template("ready", "it", "È pronto.", {"body.1": "K7QWER"}),
}
