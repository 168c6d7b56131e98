"""Addresses of what passes between places."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.peers import places, standing, views

urlpatterns = [
    path("", views.page, name="peers"),
    path("places/", places.page, name="peers-places"),
    path("places/add/", places.add, name="peers-add"),
    path("places/<slug:place>/check/", places.check, name="peers-check"),
    path("places/<slug:place>/stop/", places.stop, name="peers-stop"),
    path("standing/", standing.page, name="peers-standing"),
    path("standing/<slug:policy>/", standing.settle, name="peers-standing-settle"),
    path("<slug:exchange>/", views.one, name="peers-one"),
    path("<slug:exchange>/answer/", views.answer, name="peers-answer"),
    path("<slug:exchange>/compare/", views.compare, name="peers-compare"),
]
