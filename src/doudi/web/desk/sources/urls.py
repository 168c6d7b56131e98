"""Addresses of sources and of what is carried to them."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.sources import carrying, views

urlpatterns = [
    path("", views.sources, name="sources"),
    path("new/", views.keep, name="source-new"),
    path("queue/", carrying.queue, name="asking"),
    path("checks/<slug:check>/", views.progress, name="check-progress"),
    path("questions/<slug:ref>/", carrying.question, name="question"),
    path("questions/<slug:ref>/look/", carrying.look, name="question-look"),
    path("out/<slug:number>/", carrying.out, name="dispatch"),
    path("out/<slug:number>/table.csv", carrying.table, name="dispatch-csv"),
    path("one/<slug:code>/", views.source, name="source"),
    path("one/<slug:code>/edit/", views.keep, name="source-edit"),
    path("one/<slug:code>/stop/", views.stop, name="source-stop"),
    path("one/<slug:code>/knock/", views.knock, name="source-knock"),
    path("one/<slug:code>/out/", carrying.make, name="source-out"),
    path("one/<slug:code>/back/", carrying.back, name="source-back"),
]
