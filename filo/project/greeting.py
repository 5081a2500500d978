"""What `filo up` says when the house is open."""

from __future__ import annotations

import http.client
from http import HTTPStatus

from filo.core import home
from filo.project.built import built


def is_ready() -> bool:
    """Does our own server answer that all is well? Asked over loopback, in a tenth of a second."""
    door = http.client.HTTPConnection("127.0.0.1", home.port(), timeout=1)
    try:
        door.request("GET", "/health/ready")
        return door.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()


def lines(*, sample: bool, took: float) -> list[str]:
    said = [f"ready in {took:.1f} s: {home.origin()}"]
    if sample and built("filo.emulators.server"):
        said.append(f"the town, where you play the customers: http://localhost:{home.port() + 1}")
    if sample and built("filo.project.sample"):
        said.extend(f"log in as {login}" for login in sample_logins())
    return said


def sample_logins() -> list[str]:
    from filo.project.sample import secret

    return [f"admin@brezza.example, password {secret.password()}"]
