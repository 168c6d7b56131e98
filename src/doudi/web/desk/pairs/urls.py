"""Addresses of records that may be one person."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.pairs import records, views

urlpatterns = [
    path("", views.pairs, name="pairs"),
    path("decided/", views.decided, name="pairs-decided"),
    path("undo/<slug:decision>/", views.undo, name="pairs-undo"),
    path("weigh/<slug:decision>/", views.weigh, name="pairs-weigh"),
    path("join/<slug:pid>/", records.join, name="pairs-join"),
    path("split/<slug:pid>/", records.split, name="pairs-split"),
    path("number/<slug:pid>/", records.number, name="pairs-number"),
    path("<slug:ref>/", views.pair, name="pair"),
    path("<slug:ref>/settle/", views.settle, name="pair-settle"),
]
