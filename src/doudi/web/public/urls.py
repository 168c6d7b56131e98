"""Addresses open to everybody."""

from __future__ import annotations

from django.urls import path

from doudi.web.public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("helpers/", views.helpers, name="helpers"),
    path("progress/", views.progress, name="progress"),
    path("progress/<str:receipt>/", views.progress_of, name="progress-of"),
    path("shown/", views.shown, name="shown"),
    path("shown/<slug:ref>/", views.object_to, name="object"),
    path("sheet/", views.sheet, name="sheet"),
]
