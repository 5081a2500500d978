"""Meta's errors, as the emulator makes them: by the end of the recipient's number, or on demand."""

from __future__ import annotations

from filo.emulators.web import Answer

# code -> HTTP status, title; 0 stands for an error that comes only later, as a `failed` status
ERRORS = {
    "0": (401, "Unable to authenticate the app user"),
    "1": (400, "Invalid request or possible server error"),
    "2": (503, "Service temporarily unavailable"),
    "3": (500, "Capability or permissions issue"),
    "10": (403, "Permission denied"),
    "4": (429, "Application request limit reached"),
    "100": (400, "Invalid parameter"),
    "190": (401, "Access token has expired"),
    "368": (403, "Temporarily blocked for policies violations"),
    "80007": (429, "Rate limit issues of the business account"),
    "130429": (429, "Rate limit hit"),
    "130472": (0, "User's number is part of an experiment"),
    "131000": (500, "Something went wrong"),
    "131005": (403, "Access denied"),
    "131008": (400, "Required parameter is missing"),
    "131009": (400, "Parameter value is not valid"),
    "131016": (503, "Service unavailable"),
    "131021": (400, "Recipient cannot be sender"),
    "131026": (0, "Message undeliverable"),
    "131030": (400, "Recipient phone number not in allowed list"),
    "131031": (403, "Account has been locked"),
    "131037": (400, "Display name approval needed"),
    "131042": (400, "Business eligibility payment issue"),
    "131044": (400, "No payment method"),
    "131045": (400, "Incorrect certificate: register the number"),
    "131047": (400, "Re-engagement message"),
    "131048": (429, "Spam rate limit hit"),
    "131049": (0, "This message was not delivered to maintain healthy ecosystem engagement"),
    "131050": (0, "User has stopped marketing messages"),
    "131053": (400, "Media upload error"),
    "131056": (429, "(Business Account, Consumer Account) pair rate limit hit"),
    "131057": (400, "Account in maintenance mode"),
    "131062": (400, "Business-scoped user IDs are not supported for this message"),
    "131063": (400, "Send it through the marketing messages API"),
    "131064": (400, "Limited after template misclassification"),
    "132000": (400, "Number of parameters does not match the expected number of params"),
    "132001": (404, "Template name does not exist in the translation"),
    "132005": (400, "Translated text too long"),
    "132007": (400, "Template format character policy violated"),
    "132012": (400, "Parameter format does not match format in the created template"),
    "132015": (400, "Template is paused"),
    "132016": (400, "Template is disabled"),
    "132068": (400, "Flow is blocked"),
    "132069": (400, "Flow is throttled"),
    "133016": (400, "Registered too often"),
    "135000": (400, "Generic user error"),
    "137000": (400, "Identity key mismatch"),
    "130497": (403, "Business account is restricted from messaging users in this country"),
    "133010": (400, "Phone number not registered"),
}
SHORTEST = 5  # a number that ends in 4 is nobody's wish to fail


def wished_by(phone: str) -> str:
    """The error that this number stands for: `39333131047` fails with 131047."""
    return next((code for code in ERRORS if len(code) > SHORTEST and phone.endswith(code)), "")


def comes_late(code: str) -> bool:
    return ERRORS[code][0] == 0


def refusal(code: str, details: str = "") -> Answer:
    """The error as the Graph API answers it."""
    status, title = ERRORS[code]
    error = {
        "message": f"(#{code}) {title}",
        "type": "OAuthException",
        "code": int(code),
        "error_data": {"messaging_product": "whatsapp", "details": details or title},
        "fbtrace_id": "Emulated",
    }
    return Answer.json({"error": error}, status=status or 400)


def reported(code: str) -> dict[str, object]:
    """The error as a `failed` status carries it."""
    title = ERRORS[code][1]
    return {
        "code": int(code),
        "title": title,
        "message": title,
        "error_data": {"details": title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
