"""Two small cities, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.sample.city.make import make_city
from doudi.sample.city.plan import Plan


@pytest.fixture(scope="session")
def unit(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "unit"
    make_city(folder, Plan("unit", 7))
    return folder


@pytest.fixture(scope="session")
def pilot(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "pilot"
    make_city(folder, Plan("pilot", 1))
    return folder
