"""How well one load answers for itself: counts and shares, worked out once and kept, so that a trend is real."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doudi.exchange.models.loads import Load


class Score(models.Model):
    """The quality of one load. A share nobody could work out is NULL: unknown is not good."""

    load = models.OneToOneField(Load, on_delete=models.PROTECT, related_name="score")
    late_days = models.IntegerField(null=True, blank=True)  # days after the promised day; negative: before it
    again_of = models.ForeignKey(Load, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")  # same rows as
    completeness = models.FloatField(null=True, blank=True)
    validity = models.FloatField(null=True, blank=True)
    uniqueness = models.FloatField(null=True, blank=True)
    agreement = models.FloatField(null=True, blank=True)
    cells = models.JSONField(default=dict)  # column → {"empty": n}; what is missing where
    signs = models.JSONField(default=list)  # what looks wrong as a whole: drift of units, too few rows, last month's file
    checks = models.JSONField(default=dict)  # check → {"compared": n, "differ": n}
    differing = models.CharField(max_length=64, blank=True)  # object in the lake: which rows disagree, and with which
    scored_at = models.DateTimeField()
    cycle = models.CharField(max_length=40, blank=True)  # the cycle whose links the agreement rests on

    PRIVACY: ClassVar = {
        "id": "internal",
        "load": "internal",
        "late_days": "open",
        "again_of": "internal",
        "completeness": "open",
        "validity": "open",
        "uniqueness": "open",
        "agreement": "open",
        "cells": "internal",
        "signs": "internal",
        "checks": "internal",
        "differing": "internal",
        "scored_at": "internal",
        "cycle": "internal",
    }

    def __str__(self) -> str:
        return f"score of {self.load_id}"
