"""The hardest household of the made-up township: somebody in custody, a car in the books, somebody very old, and no help yet."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from django.conf import settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.sample.city.numbers import with_check
from doudi.sample.staff import TOWNSHIP

# A grown-up who may apply: free, the oldest under 65; beside them one in custody, one with a car in the books, one of 65 or more.
_WHO = """
WITH everybody AS (
  SELECT p.pid, p.name, p.citizen_no, p.area, p.m, f.* EXCLUDE (tier, died_on)
  FROM read_parquet($person) p POSITIONAL JOIN read_parquet($person_facts) f
  WHERE p.died_on IS NULL AND p.pid LIKE 'p%'
),
homes AS (
  SELECT m FROM everybody
  WHERE starts_with(area, $township)
  GROUP BY m
  HAVING count(*) BETWEEN 3 AND 6 AND bool_or(is_in_custody) AND bool_or(coalesce(car_count, 0) > 0) AND bool_or(age >= 65)
    AND NOT bool_or(coalesce(on_dibao OR on_tekun, false))
  ORDER BY m LIMIT 1
)
SELECT name, citizen_no, coalesce(is_in_custody, false), coalesce(car_count, 0) > 0, age
FROM everybody JOIN homes USING (m)
ORDER BY age < 65 AND age >= 18 AND NOT coalesce(is_in_custody, false) DESC, age DESC, pid
"""


@dataclass(frozen=True, slots=True)
class HardHousehold:
    """Who applies, by name and number; in words who of the family is what; and a son of the old one who lives elsewhere."""

    name: str
    number: str
    about: str
    supporter: str
    supporter_number: str


def of_the_township() -> HardHousehold | None:
    """The hard household of the tutorial; None in a city that has none. The same in every run on the same city."""
    lake = Lake(settings.LAKE)
    published = cycle.current(lake)
    if published is None:
        return None
    tables = {name: str(lake.object(published.manifest["objects"][name]["sha256"])) for name in ("person", "person_facts")}
    with duckdb.connect() as con:
        found = con.execute(_WHO, {**tables, "township": TOWNSHIP}).fetchall()
    if not found or found[0][2] or not 18 <= found[0][4] < 65:
        return None
    said = []
    for name, _number, in_custody, has_car, age in found:
        words = [*(["在服刑"] if in_custody else []), *(["名下有车"] if has_car else []), *([f"{age} 岁"] if age >= 65 else [])]
        said += [f"{name}（{'，'.join(words)}）"] if words else []
    brother = next(row for row in found if row[2])
    # A county nobody lives in, in another province.
    return HardHousehold(found[0][0], found[0][1], "、".join(said), f"{brother[0][0]}远", with_check("98012219710305117"))
