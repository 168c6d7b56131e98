"""The pages; no tables."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "doudi.web"
    label = "web"
