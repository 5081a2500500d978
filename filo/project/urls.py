"""Every address of the house: each face brings its own page of addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from filo.project.built import built

# Order matters: the desk takes what is left.
FACES = (("api/v1/", "filo.api.urls"), ("", "filo.portal.urls"), ("", "filo.desk.urls"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("filo.staff.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
urlpatterns += [path(prefix, include(page)) for prefix, page in FACES if built(page)]
