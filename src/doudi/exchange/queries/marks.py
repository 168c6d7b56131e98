"""The fingerprint of a delivered row, the same when it is delivered again: what people's decisions on rows hold on to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings

from doudi.engine import linkage
from doudi.exchange.queries.deliveries import contracts


class Delivered(Protocol):
    """A delivered row: its dataset, whose role of it is meant, and what it says."""

    @property
    def dataset(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


def mark_of(row: Delivered) -> str:
    """The fingerprint of a row, for one of the people it is about; "" where the dataset is not one of the contracts'."""
    contract = contracts().get(row.dataset)
    role = next((one for one in linkage.roles(contract) if one.called == row.role), None) if contract else None
    return linkage.fingerprint(contract, role, row.values, settings.LINKING_KEY) if contract and role else ""
