"""A resident of the made-up village who may try what applying is like."""

from __future__ import annotations

import duckdb
from django.conf import settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.sample.staff import VILLAGE


class NobodyThere(Exception):
    """The published register has nobody fit for the tutorial."""


# An old person of the tutorial's village, in no programme, with a valid number, who shares a home with one or two others and
# whose home is not known to have much: so that there is something to prefill, and something to decide. A known account first.
_WHO = """
WITH everybody AS (
  SELECT p.pid, p.name, p.citizen_no, p.area, p.m, p.tier, p.died_on, f.* EXCLUDE (tier, died_on)
  FROM read_parquet($person) p POSITIONAL JOIN read_parquet($person_facts) f
),
homes AS (
  SELECT m, count(*) AS people, sum(coalesce(pension_month, 0) + coalesce(wage_base_month, 0)) AS income,
    bool_or(coalesce(on_dibao OR on_tekun OR on_near_dibao OR on_rigid OR on_monitored, false)) AS listed,
    bool_or(coalesce(car_count, 0) + coalesce(firm_count, 0) + coalesce(dwelling_bought_count, 0) > 0) AS owns
  FROM everybody GROUP BY m
)
SELECT name, citizen_no
FROM everybody JOIN homes USING (m)
WHERE area = $village AND pid LIKE 'p%' AND died_on IS NULL AND age >= 60 AND hukou_status = 'normal'
  AND people BETWEEN 2 AND 3 AND NOT listed AND NOT owns AND income < people * 50000
ORDER BY on_old_age_allowance DESC, pension_month IS NOT NULL DESC, medical_self_paid_year IS NOT NULL DESC, age, pid
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
    tables = {name: str(lake.object(published.manifest["objects"][name]["sha256"])) for name in ("person", "person_facts")}
    with duckdb.connect() as con:
        found = con.execute(_WHO, {**tables, "village": VILLAGE}).fetchone()
    if found is None:
        raise NobodyThere("Nobody in the tutorial's village may try to apply.")
    return {"name": found[0], "number": found[1]}
