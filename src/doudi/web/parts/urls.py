"""The gallery of components."""

from __future__ import annotations

from django.urls import path

from doudi.web.parts import views

urlpatterns = [path("", views.gallery, name="gallery")]
