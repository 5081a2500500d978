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


def wish(text: str, *, told: str = "") -> str:
    """`stop`, `start` or nothing; `told` is what Twilio itself understood (Advanced Opt-Out)."""
    word = (told or text).strip().strip(".!").casefold()
    if word in STOP:
        return "stop"
    return "start" if word in START else ""
