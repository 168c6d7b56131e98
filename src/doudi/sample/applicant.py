"""A resident of the made-up village who may try what applying is like."""

from __future__ import annotations

import duckdb
from django.conf import settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.sample.staff import VILLAGE


class NobodyThere(Exception):
    """The published register has nobody fit for the tutorial."""


# An old person of the tutorial's village, in no programme, with a valid number, who shares a home with one or two others;
# somebody with a small pension or hospital bills first, so that there is something to prefill.
_WHO = """
SELECT p.name, p.citizen_no
FROM read_parquet($person) p
POSITIONAL JOIN read_parquet($person_facts) f
JOIN read_parquet($household_facts, file_row_number = true) h ON h.file_row_number = p.m
WHERE p.area = $village AND p.pid LIKE 'p%' AND p.died_on IS NULL AND f.age BETWEEN 58 AND 84
  AND h.hh_members BETWEEN 2 AND 3 AND h.hh_tier IS DISTINCT FROM 'dibao' AND f.hukou_status = 'normal'
  AND coalesce(p.tier, 'other') = 'other' AND NOT coalesce(f.on_dibao OR f.on_tekun OR f.on_near_dibao OR f.on_rigid, false)
  AND p.pid NOT IN (SELECT subject FROM read_parquet($finding) WHERE indicator LIKE 'C%')
ORDER BY (f.pension_month IS NOT NULL) DESC, (f.medical_self_paid_year IS NOT NULL) DESC, f.age, p.pid
LIMIT 1
"""


def who_may_apply() -> dict[str, str]:
    """Name and citizen number of the resident whom the tutorial follows; the same in every run on the same city.

    :raises NobodyThere: no cycle is published, or nobody fits
    """
    lake = Lake(settings.LAKE)
    published = cycle.current(lake)
    if published is None:
        raise NobodyThere("Run `doudi cycle` first.")
    tables = {
        name: str(lake.object(published.manifest["objects"][name]["sha256"]))
        for name in ("person", "person_facts", "household_facts", "finding")
    }
    with duckdb.connect() as con:
        found = con.execute(_WHO, {**tables, "village": VILLAGE}).fetchone()
    if found is None:
        raise NobodyThere("Nobody in the tutorial's village may try to apply.")
    return {"name": found[0], "number": found[1]}
