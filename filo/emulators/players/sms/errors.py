"""Twilio's errors: refused at once, or told later by a status callback; by wish or by number."""

from __future__ import annotations

from filo.emulators.web import Answer

MORE = "https://www.twilio.com/docs/errors/"

# code -> HTTP status, message; 0 stands for an error that comes only later
ERRORS = {
    "20003": (401, "Authenticate"),
    "20404": (404, "The requested resource was not found"),
    "20429": (429, "Too Many Requests"),
    "20500": (500, "Internal Server Error"),
    "21211": (400, "Invalid 'To' Phone Number"),
    "21217": (400, "Phone number does not appear to be valid"),
    "21408": (400, "Permission to send an SMS has not been enabled for the region"),
    "21602": (400, "Message body is required."),
    "21603": (400, "A 'From' phone number is required"),
    "21604": (400, "A 'To' phone number is required"),
    "21605": (400, "Maximum number of media URLs exceeded"),
    "21606": (400, "The 'From' number is not a valid, message-capable number of this account"),
    "21610": (400, "Attempt to send to unsubscribed recipient"),
    "21611": (429, "This 'From' number has exceeded the maximum number of queued messages"),
    "21612": (400, "The 'To' number is not currently reachable using the 'From' number"),
    "21614": (400, "'To' number is not a valid mobile number"),
    "21617": (400, "The concatenated message body exceeds the 1600 character limit"),
    "21620": (400, "Invalid media URL"),
    "30001": (0, "Queue overflow"),
    "30002": (0, "Account suspended"),
    "30003": (0, "Unreachable destination handset"),
    "30004": (0, "Message blocked"),
    "30005": (0, "Unknown destination handset"),
    "30006": (0, "Landline or unreachable carrier"),
    "30007": (0, "Carrier violation"),
    "30008": (0, "Unknown error"),
    "30034": (0, "Message from an unregistered number"),
    "63016": (0, "Outside the allowed window: use a template"),
}
# Twilio's own magic numbers of its test credentials.
TO = {
    "+15005550001": "21211",
    "+15005550002": "21612",
    "+15005550003": "21408",
    "+15005550004": "21610",
    "+15005550009": "21614",
}
FROM = {"+15005550007": "21606", "+15005550008": "21611"}


def refusal(code: str) -> Answer:
    """The error as the REST API answers it."""
    status, message = ERRORS[code]
    told = {"code": int(code), "message": message, "more_info": MORE + code, "status": status}
    wait = {"retry-after": "1"} if status == 429 else {}
    return Answer.json(told, status=status or 400, **wait)


def wished_by(to: str) -> str:
    """The error that this number stands for: `+39333130003` is unreachable."""
    return TO.get(to) or next((code for code in ERRORS if to.endswith(code)), "")


def comes_late(code: str) -> bool:
    return ERRORS[code][0] == 0
