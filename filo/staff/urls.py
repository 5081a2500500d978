"""The addresses under /account/: those of allauth that this house keeps open, and our own."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from filo.staff import views

urlpatterns = [
    path("first/<str:token>", views.first, name="first_run"),
    path("welcome/<str:token>", views.welcome, name="welcome"),
    path("login/", account.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("email/", views.closed, name="account_email"),
    path("2fa/", include("allauth.mfa.urls")),
]
