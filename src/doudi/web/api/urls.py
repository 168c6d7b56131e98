"""The addresses of the door for machines."""

from __future__ import annotations

from django.urls import path

from doudi.web.api.views import docs, urls

urlpatterns = [path("docs", docs, name="api-docs"), path("", urls())]
