"""The addresses of the customer's side."""

from __future__ import annotations

from django.urls import path

from filo.portal import counter, devices, views

app_name = "portal"
urlpatterns = [
    path("w.js", views.launcher, name="launcher"),
    path("w/<channel>", views.panel, name="panel"),
    path("w/<channel>/session", views.session, name="session"),
    path("w/<channel>/lines", views.lines, name="lines"),
    path("w/<channel>/devices", devices.devices, name="devices"),
    path("w/<channel>/worker.js", devices.worker, name="worker"),
    path("w/<channel>/manifest.json", devices.manifest, name="manifest"),
    path("w/<channel>/ticket", views.ticket, name="ticket"),
    path("c/<channel>/", counter.place, name="place"),
    path("c/<channel>/<code>", counter.admit, name="admit"),
]
