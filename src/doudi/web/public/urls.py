"""Addresses open to everybody."""

from __future__ import annotations

from django.urls import path

from doudi.web.public import views

app_name = "public"
urlpatterns = [path("", views.home, name="home"), path("helpers/", views.helpers, name="helpers")]
