"""Model columns that are sealed in the database and plain in Python."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from doudi.office import sealing


def as_it_lies(name: str) -> models.ExpressionWrapper:
    """A sealed column as it lies in the database, for who reads very many rows and opens them with `sealing.opener`."""
    return models.ExpressionWrapper(models.F(name), output_field=models.BinaryField())


def is_written(name: str) -> GreaterThan:
    """Whether anything was written into a sealed text, told by its length: for who counts and has no business reading."""
    return GreaterThan(Length(as_it_lies(name)), sealing.NOTHING)


class SealedText(models.BinaryField):
    """A text nobody reads from the database's files. It cannot be searched or sorted; keep a `blind` column for that."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.editable = True

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def to_text(self, value: Any) -> str:
        return str(value)

    def to_value(self, text: str) -> Any:
        return text

    def _check_str_default_value(self) -> list[Any]:
        return []  # plain in Python, so a default is a text

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None:
            value = sealing.seal(self.to_text(value), self.place)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else self.to_value(sealing.unseal(bytes(value), self.place))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> Any:
        raise FieldError(f"{self.place} is sealed and is not written into dumps")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.place} is sealed and cannot be searched; look up its blind column")
        return super().get_lookup(lookup_name)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options.pop("editable", None)
        return name, path, args, options


class SealedJSON(SealedText):
    """A small structure kept as a sealed text."""

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    def to_value(self, text: str) -> Any:
        return json.loads(text)
