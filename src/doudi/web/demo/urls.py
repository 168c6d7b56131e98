"""Addresses only a demo has."""

from __future__ import annotations

from django.urls import path

from doudi.web.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("clock/", views.clock, name="clock"),
    path("sms/", views.messages, name="sms"),
]
