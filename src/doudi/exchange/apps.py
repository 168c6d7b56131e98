"""Feeds in and out."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "doudi.exchange"
    label = "exchange"
