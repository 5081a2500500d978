"""The roads that lead in: the first run and the invitation. allauth has the others."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.utils import perform_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from filo.core.db import raw_cursor
from filo.staff import operations
from filo.staff.forms import Founder, Welcome
from filo.staff.models import Staff
from filo.staff.types import Person, Refused


@never_cache
@sensitive_post_parameters("password")
@transaction.atomic
def first(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator; without a right link, or after it, there is no such page."""
    if not operations.is_first_run(raw_cursor(), token):
        raise Http404
    form = Founder(request.POST or None, initial={"language": get_language()})
    if form.is_valid():
        try:
            return _come_in(request, operations.found(raw_cursor(), **form.cleaned_data))
        except Refused as problem:
            form.add_error(problem.field, gettext(problem.words) % problem.values)
    return render(request, "staff/first.html", {"form": form})


@never_cache
@sensitive_post_parameters("password")
@transaction.atomic
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person chooses a password; the link works once."""
    guest = operations.invited(raw_cursor(), token)
    if guest is None:
        return render(request, "staff/link_is_over.html", status=404)
    known = {"name": guest.name, "language": guest.language}
    form = Welcome(request.POST or None, initial=known, address=guest.email)
    if form.is_valid():
        return _settle(request, guest, form)
    return render(request, "staff/welcome.html", {"form": form, "guest": guest})


def _settle(request: HttpRequest, guest: Person, form: Welcome) -> HttpResponse:
    cur = raw_cursor()
    operations.rename(cur, guest.number, form.cleaned_data["name"], by=guest.number)
    operations.set_wishes(cur, guest.number, language=form.cleaned_data["language"], wishes={})
    operations.set_password(cur, guest.number, form.cleaned_data["password"])
    return _come_in(request, guest.number)


def _come_in(request: HttpRequest, person: int) -> HttpResponse:
    coming = Staff.objects.get(pk=person)
    answer: HttpResponse = perform_login(
        request, coming, email_verification="none", redirect_url=reverse("mfa_index")
    )
    return answer


def logout(request: HttpRequest) -> HttpResponse:
    """The next one at this machine finds nothing of what was shown or begun here."""
    answer: HttpResponse = account.logout(request)
    if request.method == "POST":
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def closed(request: HttpRequest) -> HttpResponse:
    """A road that allauth knows and this house does not have."""
    raise Http404
