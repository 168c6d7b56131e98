"""The 26 feeds: what each department would write down about the people it knows, without errors yet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doudi.sample.city.departments import civil_affairs, means, people
from doudi.sample.city.departments.base import City, Columns

# dataset → (city, persons, turn of the row, random stream) → columns; marriages speak of two and are made in feeds.py
Build = Callable[[City, np.ndarray, np.ndarray, np.random.Generator], Columns]
BUILD: dict[str, Build] = {
    one.__name__: one
    for one in (
        people.hukou, civil_affairs.dibao, civil_affairs.tekun, civil_affairs.near_dibao, civil_affairs.rigid_expenditure,
        civil_affairs.temporary_assistance, civil_affairs.disability_subsidy, civil_affairs.old_age_allowance,
        civil_affairs.child_benefit, civil_affairs.death, people.monitored, people.disability_certificate, people.medical_cost,
        people.disease, people.student, means.unemployed, means.insurance, means.housing, means.disaster, means.custody,
        means.court, means.business, means.dwelling, means.vehicle, means.union_hardship,
    )
}  # fmt: skip
