"""Addresses of visits; everything a phone keeps lives under /field/."""

from __future__ import annotations

from django.urls import path

from doudi.web.field.ask import views as ask
from doudi.web.field.sign import views as sign
from doudi.web.field.today import views as today
from doudi.web.field.visit import views as visit

app_name = "field"
urlpatterns = [
    path("", today.today, name="today"),
    path("fresh/", today.fresh, name="fresh"),
    path("sw.js", today.worker, name="worker"),
    path("ask/<slug:ref>/", ask.ask, name="ask"),
    path("sign/<slug:ref>/", sign.sign, name="sign"),
    path("visit/<slug:ref>/", visit.visit, name="visit"),
    path("visit/<slug:ref>/done/<slug:once>/", visit.done, name="done"),
]
