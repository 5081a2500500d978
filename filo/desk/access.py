"""The door of every page of the desk: who asks, what they may read, in which language and zone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from filo.conversations.queries import BadCursor
from filo.conversations.types import CannotSend, NotFound
from filo.core.db import Cursor, raw_cursor
from filo.core.ids import BadId
from filo.customers.types import NoSuchCustomer
from filo.desk import answers
from filo.desk.wishes import Wishes, wishes
from filo.staff import queries
from filo.staff.types import NoSuchPerson, NoSuchTeam, NotAllowed, Scope

ZONE_COOKIE = "filo_zone"
USUAL_ZONE = "Europe/Rome"
P = ParamSpec("P")


class Asked(HttpRequest):
    """A request of somebody who works here."""

    scope: Scope
    cur: Cursor
    wishes: Wishes


View = Callable[Concatenate[Asked, P], HttpResponse]


def for_staff(view: View[P]) -> View[P]:
    """One transaction, one cursor, one scope; what may not be seen is not there."""

    @wraps(view)
    def guarded(request: Asked, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            with transaction.atomic():
                return _answered(view, request, *args, **kwargs)
        except (NotFound, BadId, BadCursor, NoSuchPerson, NoSuchTeam, NoSuchCustomer):
            words = _("It does not exist, or your teams may not read it.")
            return answers.sorry(request, _("Not found"), words, status=404)
        except NotAllowed as verdict:
            return answers.sorry(request, _("Not allowed"), str(verdict), status=403)
        except CannotSend as verdict:
            return answers.sorry(request, _("It cannot be sent"), str(verdict), status=409)

    return guarded


def _answered(view: View[P], request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    request.cur = raw_cursor()
    request.scope = queries.scope(request.cur, request.user.pk or 0)
    request.wishes = wishes(getattr(request.user, "settings", {}))
    translation.activate(request.scope.language)
    with timezone.override(_zone(request)):
        return view(request, *args, **kwargs)


def _zone(request: HttpRequest) -> ZoneInfo:
    """The browser says where it is; until then, where the company is."""
    try:
        return ZoneInfo(request.COOKIES.get(ZONE_COOKIE, USUAL_ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(USUAL_ZONE)
