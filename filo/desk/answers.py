"""How the desk answers a form: patches for a page with scripts, a redirect for one without."""

from __future__ import annotations

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe

HEADER = "Filo-Patches"


class Patch(msgspec.Struct, frozen=True):
    """`how`: replace, inner, remove, row, or upsert (by id, else at the end)."""

    to: str
    how: str
    html: str = ""


def by_script(request: HttpRequest) -> bool:
    return HEADER in request.headers


def answer(request: HttpRequest, *patches: Patch, instead: str, status: int = 200) -> HttpResponse:
    """Patches, or the page `instead` for a browser that cannot apply them."""
    if not by_script(request):
        return HttpResponseRedirect(_safe(request, request.POST.get("next")) or instead)
    return patched(*patches, status=status)


def patched(*patches: Patch, status: int = 200) -> HttpResponse:
    body = SafeString("").join(_template(patch) for patch in patches)
    return HttpResponse(body, status=status, headers={HEADER: "1"})


def toast(words: str, *, tone: str = "", seconds: int = 6, recall: str = "") -> Patch:
    shown = {"words": words, "tone": tone, "seconds": seconds, "recall": recall}
    return Patch("#toasts", "upsert", render_to_string("desk/_toast.html", shown))


def say(request: HttpRequest, words: str) -> None:
    """For the next page, when this answer is a redirect."""
    if not by_script(request):
        messages.info(request, words)


def sorry(request: HttpRequest, title: str, words: str, *, status: int) -> HttpResponse:
    if by_script(request):
        return patched(toast(f"{title}. {words}", tone="bad", seconds=12), status=status)
    return render(request, "desk/sorry.html", {"title": title, "words": words}, status=status)


def _template(patch: Patch) -> SafeString:
    html = mark_safe(patch.html)  # noqa: S308 -- it comes out of a template
    return format_html(
        '<template data-to="{}" data-how="{}">{}</template>', patch.to, patch.how, html
    )


def _safe(request: HttpRequest, address: str | None) -> str | None:
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()})
    return address if address and allowed else None
