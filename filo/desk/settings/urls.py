"""The addresses under /desk/settings/."""

from __future__ import annotations

from django.urls import path

from filo.desk.settings import (
    approved,
    channels,
    life,
    log,
    own,
    people,
    setting_up,
    teams,
    trouble,
    trying,
)

urlpatterns = [
    path("", own.home, name="settings"),
    path("me", own.me, name="settings_me"),
    path("people/", people.people, name="settings_people"),
    path("people/<str:id>/", people.person, name="settings_person"),
    path("people/<str:id>/link", people.link, name="settings_link"),
    path("people/<str:id>/access", people.access, name="settings_access"),
    path("people/<str:id>/second-factor", people.second_factor, name="settings_second_factor"),
    path("teams/", teams.teams, name="settings_teams"),
    path("teams/<str:id>", teams.team, name="settings_team"),
    path("channels/", channels.channels, name="settings_channels"),
    path("channels/new/<slug:kind>/", setting_up.new, name="settings_new_channel"),
    path("channels/new/<slug:kind>/draft", setting_up.draft, name="settings_draft"),
    path("channels/<str:id>/", channels.channel, name="settings_channel"),
    path("channels/<str:id>/access", channels.access, name="settings_channel_access"),
    path("channels/<str:id>/setup", setting_up.setup, name="settings_setup"),
    path("channels/<str:id>/checks", life.checks, name="settings_checks"),
    path("channels/<str:id>/registration", life.registration, name="settings_registration"),
    path("channels/<str:id>/templates", approved.templates, name="settings_templates"),
    path("channels/<str:id>/test", trying.test, name="settings_test"),
    path("channels/<str:id>/test/hops", trying.hops, name="settings_hops"),
    path("channels/<str:id>/test/answer", trying.answer, name="settings_test_answer"),
    path("log/", log.log, name="settings_log"),
    path("journal/", trouble.trouble, name="settings_trouble"),
    path("journal/<str:id>/replay", trouble.replay, name="settings_replay"),
    path("journal/dead/<str:id>/replay", trouble.revive, name="settings_revive"),
]
