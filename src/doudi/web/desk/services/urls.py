"""Addresses of referrals, of what was sent to a department, and of looking a status up."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.services import asked, lookups, views

urlpatterns = [
    path("", views.referrals, name="services"),
    path("new/<slug:pid>/", views.new, name="service-new"),
    path("unknown/", views.unknown, name="service-unknown"),
    path("in/", asked.pile, name="asked"),
    path("in/<slug:ref>/", asked.one, name="asked-one"),
    path("in/<slug:ref>/take/", asked.take, name="asked-take"),
    path("in/<slug:ref>/answer/", asked.answer, name="asked-answer"),
    path("recognition/", lookups.look_up, name="recognition"),
    path("<slug:ref>/", views.referral, name="service"),
    path("<slug:ref>/letter/", views.letter, name="service-letter"),
    path("<slug:ref>/arrived/", views.arrived, name="service-arrived"),
    path("<slug:ref>/back/", views.take_back, name="service-back"),
    path("<slug:ref>/sheet/", views.sheet, name="service-sheet"),
]
