"""Addresses of the case page and its acts."""

from __future__ import annotations

from django.urls import path

from doudi.web.desk.case import views

urlpatterns = [
    path("", views.case, name="case"),
    path("accept/", views.accept, name="accept"),
    path("ask/", views.ask, name="ask"),
    path("supplement/", views.supplement, name="supplement"),
    path("check/", views.check, name="check"),
    path("questions/<slug:question>/", views.judge, name="judge"),
    path("questions/<slug:question>/said/", views.say, name="say"),
    path("members/<slug:member>/", views.identify, name="identify"),
    path("survey/", views.survey, name="survey"),
    path("propose/", views.propose, name="propose"),
    path("resend/", views.resend, name="resend"),
    path("reinvestigate/", views.reinvestigate, name="reinvestigate"),
    path("decide/", views.decide, name="decide"),
    path("decide-here/", views.decide_here, name="decide-here"),
    path("hand/", views.hand, name="hand"),
    path("extend/", views.extend, name="extend"),
    path("withdraw/", views.withdraw, name="withdraw"),
]
