"""What Messenger alone can show: receipts, and texts approved for outside every window."""

from __future__ import annotations

from typing import Any

from filo.channels.contract import Bill, Envelope, Handle, Template
from filo.connectors._meta import send, templates


def receipt(bill: Bill, to: Handle, envelope: Envelope) -> send.Message:
    """The receipt template. Meta wants every order number once; the bill's own it is."""
    url = bill.url or next((file.url for file in bill.files if file.url), "")
    stamp = {"timestamp": str(int(bill.at.timestamp()))} if bill.at else {}
    summary = {"total_cost": _number(bill.total.amount)}
    if bill.tax:
        summary["total_tax"] = _number(bill.tax.amount)
    return send.template(
        "receipt",
        recipient_name=to.name or "-",
        order_number=bill.number,
        currency=bill.total.currency,
        payment_method=bill.paid_with or "-",
        summary=summary,
        elements=[
            {
                "title": item.title,
                "quantity": item.quantity,
                "price": _number(item.price.amount),
                "currency": item.price.currency,
            }
            for item in bill.items
        ],
        **({"order_url": url} if url else {}),
        **stamp,
    )


def _number(amount: Any) -> float:
    return float(amount)


def utility(to: Handle, template: Template, ref: str) -> dict[str, Any]:
    """As Meta's page has it."""
    filled = templates.content(template, kind=_kind(template))
    message = {"template": filled, "metadata": ref}
    return {"recipient": {"id": to.value}, "messaging_type": "UTILITY", "message": message}


def utility_as_attachment(to: Handle, template: Template, ref: str) -> dict[str, Any]:
    """As others found it taken, when Meta does not know the first form."""
    filled = templates.content(template, kind=_kind(template))
    filled["language"] = template.language
    attached = send.template("utility_messages", **filled)
    message = {**attached, "metadata": ref}
    return {"recipient": {"id": to.value}, "messaging_type": "UTILITY", "message": message}


def _kind(template: Template) -> str:
    return template.header.mime.partition("/")[0] if template.header else ""
