"""Addresses of the other doors."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.doors import calls, outreach, papers, views

urlpatterns = [
    path("", views.hub, name="doors"),
    path("papers/", papers.listed, name="forms"),
    path("papers/new/", papers.keep, name="form-new"),
    path("papers/<slug:ref>/", papers.key_fields, name="form"),
    path("papers/<slug:ref>/rest/", papers.rest, name="form-rest"),
    path("papers/<slug:ref>/drop/", papers.drop, name="form-drop"),
    path("papers/<slug:ref>/receipt/", papers.receipt, name="form-receipt"),
    path("papers/<slug:ref>/photo/<slug:paper>/", papers.photo, name="form-photo"),
    path("calls/", calls.listed, name="calls"),
    path("calls/new/", calls.take, name="call-new"),
    path("calls/<slug:ref>/", calls.one, name="call"),
    path("outreach/", outreach.listed, name="outreach"),
    path("outreach/take/", outreach.take, name="outreach-take"),
    path("outreach/<slug:ref>/", outreach.one, name="outreach-one"),
]
