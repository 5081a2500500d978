"""The words by which a customer ends messages, and by which they want them back.

Twilio blocks and answers the English ones by itself; the Italian ones are ours. (Twilio, "Support
for Opt-out Keywords", 2026)
"""

from __future__ import annotations

STOP = frozenset(
    {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
        "basta", "annulla", "disiscrivi",
    }
)  # fmt: skip
# Not YES, by which Twilio lifts its own block too: it is also an answer to a question of ours.
START = frozenset({"start", "unstop"})
# What people write elsewhere, by where their number is from: in Italian `alto` ends nothing.
BY_COUNTRY = {
    "+33": frozenset({"arret", "arrêt"}),
    "+34": frozenset({"baja", "alto", "parar"}),
    "+351": frozenset({"parar", "sair"}),
    "+41": frozenset({"stopp", "abmelden", "arret", "arrêt"}),
    "+43": frozenset({"stopp", "abmelden"}),
    "+49": frozenset({"stopp", "abmelden"}),
    "+55": frozenset({"parar", "sair"}),
}


def wish(text: str, *, told: str = "", phone: str = "") -> str:
    """`stop`, `start` or nothing; `told` is what Twilio itself understood (Advanced Opt-Out)."""
    word = (told or text).strip().strip(".!").casefold()
    if any(word in ends for code, ends in BY_COUNTRY.items() if phone.startswith(code)):
        return "stop"
    if word in STOP:
        return "stop"
    return "start" if word in START else ""
