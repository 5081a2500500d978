"""Labels, days and prices as the customer reads them: in their language, not the desk's.

Pure tables on purpose: connectors use them where there is no Django, and what a customer was told
must not change with a desk's locale. Italian and English; everybody else reads English.
"""

from __future__ import annotations

from datetime import datetime

from filo.channels.contract import Price

_LABELS = {
    "answer": ("Choose", "Scegli"),
    "appointment": ("Appointment", "Appuntamento"),
    "arrives": ("Arrives", "Arrivo"),
    "boarding_pass": ("Boarding pass", "Carta d'imbarco"),
    "boards": ("Boarding", "Imbarco"),
    "booking": ("Booking", "Prenotazione"),
    "cabin": ("Class", "Classe"),
    "code": ("Code to be scanned", "Codice da scansionare"),
    "carrier": ("Carrier", "Corriere"),
    "departs": ("Departs", "Partenza"),
    "due": ("Pay by", "Da pagare entro il"),
    "expected": ("Expected", "Consegna prevista"),
    "flight": ("Flight", "Volo"),
    "gate": ("Gate", "Gate"),
    "group": ("Group", "Gruppo"),
    "open": ("Open", "Apri"),
    "optional": ("optional", "facoltativo"),
    "paid_with": ("Paid with", "Pagato con"),
    "passenger": ("Passenger", "Passeggero"),
    "pay": ("Pay", "Paga"),
    "payment": ("Payment", "Pagamento"),
    "place": ("Place", "Luogo"),
    "receipt": ("Receipt", "Ricevuta"),
    "reference": ("Reference", "Riferimento"),
    "seat": ("Seat", "Posto"),
    "send": ("Send", "Invia"),
    "shipment": ("Shipment", "Spedizione"),
    "status": ("Status", "Stato"),
    "tax": ("Tax", "Imposte"),
    "terminal": ("Terminal", "Terminal"),
    "total": ("Total", "Totale"),
    "track": ("Track", "Segui"),
}
_DAYS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
)
_MONTHS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
)


def label(name: str, language: str = "") -> str:
    """The word that stands before a value: `Gate`, `Posto`."""
    return _LABELS[name][_which(language)]


def labels(language: str = "") -> dict[str, str]:
    """All of them, for a page that draws by itself."""
    return {name: label(name, language) for name in _LABELS}


def day(at: datetime, language: str = "") -> str:
    """`Mon 23 Nov 2026`, in the moment's own zone."""
    which = _which(language)
    return f"{_DAYS[which][at.weekday()]} {at.day} {_MONTHS[which][at.month - 1]} {at.year}"


def moment(at: datetime, language: str = "") -> str:
    """`Mon 23 Nov 2026, 10:30`"""
    return f"{day(at, language)}, {at:%H:%M}"


def short_moment(at: datetime, language: str = "") -> str:
    """`23 Nov 10:30`: what goes on a button."""
    return f"{at.day} {_MONTHS[_which(language)][at.month - 1]} {at:%H:%M}"


def money(price: Price, language: str = "") -> str:
    """`1,234.50 EUR`, or `1.234,50 EUR` in Italian."""
    amount = f"{price.amount:,f}"
    if _which(language):
        amount = amount.translate(str.maketrans(",.", ".,"))
    return f"{amount} {price.currency}"


def _which(language: str) -> int:
    return 1 if language[:2].lower() == "it" else 0
