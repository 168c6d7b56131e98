"""Monthly runs, two-person approval, bank files."""

from __future__ import annotations

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    name = "doudi.payment"
    label = "payment"
