"""Under which keys people in our own database are found: keyed hashes, so that the table says nothing by itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doudi.registry.models.people import Person


class SearchKey(models.Model):
    """One key of a person: of a telephone number, or of the name of somebody no register knows."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=64)

    PRIVACY: ClassVar = {"id": "internal", "person": "internal", "key": "personal"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "person"], name="search_key_once")]

    def __str__(self) -> str:
        return self.key
