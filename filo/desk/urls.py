"""The addresses of the desk: each is a thing one can name."""

from __future__ import annotations

from django.urls import include, path

from filo.desk.views import (
    counter,
    files,
    finding,
    fitting,
    inserting,
    own,
    pages,
    publishing,
    rows,
    steps,
    templates,
    writing,
)

app_name = "desk"

urlpatterns = [
    path("", pages.home, name="home"),
    path("desk/", pages.queue, name="queue"),
    path("desk/views", pages.views, name="views"),
    path("desk/rows", rows.rows, name="rows"),
    path("desk/search", finding.search, name="search"),
    path("desk/wishes", own.wishes, name="wishes"),
    path("desk/counter/", counter.counter, name="counter"),
    path("desk/counter/customers/<str:id>/", counter.visitor, name="visitor"),
    path("desk/counter/customers/<str:id>/agreement", counter.agreement, name="agreement"),
    path("desk/settings/", include("filo.desk.settings.urls")),
    path("desk/customers/<str:id>/", pages.customer, name="customer"),
    path("desk/attachments/<str:id>", files.attachment, name="attachment"),
    path("desk/cases/<str:id>/", pages.case, name="case"),
    path("desk/cases/<str:id>/customer", pages.person, name="person"),
    path("desk/cases/<str:id>/older", pages.older, name="older"),
    path("desk/cases/<str:id>/newest", pages.newest, name="newest"),
    path("desk/cases/<str:id>/replies", writing.replies, name="replies"),
    path("desk/cases/<str:id>/public-replies", publishing.replies, name="public_replies"),
    path("desk/cases/<str:id>/notes", writing.notes, name="notes"),
    path("desk/cases/<str:id>/draft", writing.draft, name="draft"),
    path("desk/cases/<str:id>/roads", fitting.roads, name="roads"),
    path("desk/cases/<str:id>/templates", templates.templates, name="templates"),
    path("desk/cases/<str:id>/fit", fitting.fit, name="fit"),
    path("desk/cases/<str:id>/inserts", inserting.inserting, name="inserts"),
    path("desk/cases/<str:id>/files", files.files, name="files"),
    path("desk/cases/<str:id>/owner", steps.owner, name="owner"),
    path("desk/cases/<str:id>/closure", steps.closure, name="closure"),
    path("desk/cases/<str:id>/snooze", steps.snooze, name="snooze"),
    path("desk/cases/<str:id>/team", steps.team, name="team"),
    path("desk/cases/<str:id>/reading", steps.reading, name="reading"),
    path("desk/messages/<str:id>/recall", writing.recall, name="recall"),
    path("desk/messages/<str:id>/moderations", publishing.moderations, name="moderations"),
    path("desk/deliveries/<str:id>/retry", writing.retry, name="retry"),
    path("desk/deliveries/<str:id>/verdict", writing.verdict, name="verdict"),
]
