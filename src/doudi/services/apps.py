"""Other departments that help: referrals to them, their answers, and what they may look up here."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "doudi.services"
    label = "services"
