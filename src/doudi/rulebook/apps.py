"""Local changes of rules and numbers."""

from __future__ import annotations

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "doudi.rulebook"
    label = "rulebook"
