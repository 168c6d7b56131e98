"""Addresses of objections to a report."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.objections import opening, views

urlpatterns = [
    path("", views.objections, name="objections"),
    path("new/", opening.find, name="objection-find"),
    path("new/<slug:check>/", opening.write_down, name="objection-new"),
    path("form/", opening.form, name="objection-form"),
    path("<slug:ref>/", views.objection, name="objection"),
    path("<slug:ref>/take/", views.take, name="objection-take"),
    path("<slug:ref>/line/", views.add_line, name="objection-line"),
    path("<slug:ref>/add/", views.add, name="objection-add"),
    path("<slug:ref>/again/<slug:line>/", views.again, name="objection-again"),
    path("<slug:ref>/decide/<slug:line>/", views.decide, name="objection-decide"),
    path("<slug:ref>/settle/", views.settle, name="objection-settle"),
    path("<slug:ref>/withdraw/", views.withdraw, name="objection-withdraw"),
]
