"""Clerks, posts, areas, permits, the journal, notices."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "doudi.office"
    label = "office"
