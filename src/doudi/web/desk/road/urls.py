"""Addresses of a programme's own steps, and of what other places ask here."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.road import views

urlpatterns = [
    path("cases/draw/", views.draw, name="draw"),
    path("cases/<slug:ref>/road/", views.road, name="road"),
    path("cases/<slug:ref>/road/first/", views.first, name="road-first"),
    path("cases/<slug:ref>/road/complete/", views.complete, name="road-complete"),
    path("cases/<slug:ref>/road/care/", views.care, name="road-care"),
    path("cases/<slug:ref>/road/changed/", views.changed, name="road-changed"),
    path("cases/<slug:ref>/road/support/", views.support, name="road-support"),
    path("cases/<slug:ref>/road/agreement/", views.agreement, name="road-agreement"),
    path("cases/<slug:ref>/road/agreement/<slug:agreement>/end/", views.end, name="road-end"),
    path("cases/<slug:ref>/road/facts/<slug:name>/", views.settle, name="road-settle"),
    path("cases/<slug:ref>/road/elsewhere/", views.ask, name="road-ask"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("elsewhere/<slug:ref>/answer/", views.answer, name="elsewhere-answer"),
    path("near-kin/", views.kin, name="near-kin"),
]
