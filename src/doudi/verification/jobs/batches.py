"""What is started by hand or by the schedule: a whole roll against other lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from doudi.exchange import queries as exchange
from doudi.office.actions import By
from doudi.policy.checks import read_checks
from doudi.verification import actions, queries
from doudi.verification.core import Batch
from doudi.verification.gateways import rolls


class NotLoaded(Exception):
    """The roll itself was never delivered; says what to do."""


@dataclass(frozen=True)
class Done:
    """A comparison and where its rows lie; `already` when the very same one was made before."""

    batch: Batch
    parquet: Path
    readable: Path
    already: bool


def run_batch(
    roll: str, against: Sequence[str], *, by: By, at: datetime, on: date | None = None, snapshot: str = "", area: str = ""
) -> Done:
    """Check a roll against lists, named by check or dataset. The same inputs give the same answer and add nothing.

    A list nobody delivered is reported as silent, never as "nothing found".

    :param on: the day judged; by default the day the roll tells about
    :raises NotLoaded: the roll, or every list asked for, was not delivered by that day
    :raises RuleError: a word names no check and no list, or a check is not understood
    """
    contracts, lake = exchange.contracts(), exchange.lake()
    checks = rolls.choose(contracts, read_checks(settings.PACKS), roll, against)
    day = on or exchange.latest_day(roll, snapshot)
    loads = exchange.datasets_of(day, snapshot) if day else {}
    if day is None or roll not in loads:
        raise NotLoaded(f"{roll} 在这一天之前没有数据。请先 doudi feeds load，或用 --snapshot、--on 指明哪一份。")
    silent = list(dict.fromkeys(check.other(roll) for check in checks if check.other(roll) not in loads))
    asked = [check for check in checks if check.other(roll) in loads]
    if not asked:
        raise NotLoaded(f"{'、'.join(silent)} 在这一天之前没有数据，没有可以核对的名单。")
    used = {code: of for code, of in loads.items() if code in {roll, "hukou", *(check.other(roll) for check in asked)}}
    ref = rolls.ref_of(lake, asked, used, roll, day, snapshot)
    parquet, readable = rolls.paths(lake, ref)
    known = queries.kept_batch(ref)
    if known and parquet.exists() and readable.exists():
        return Done(known, parquet, readable, already=True)
    found, sha256 = rolls.run(lake, contracts, used, roll, asked, day, ref=ref, key=settings.LINKING_KEY)
    batch = Batch(
        ref=ref,
        roll=roll,
        against=[check.code for check in asked],
        snapshot=snapshot,
        on=day,
        area=area,
        persons=found.persons,
        anomalies=found.anomalies,
        kinds=dict(found.kinds),
        pairs=found.table.num_rows,
        silent=silent,
        sources=[
            {"dataset": code, "batch": load.batch, "as_of": load.as_of.isoformat()}
            for code, of in sorted(used.items())
            for load in of
        ],
        object=sha256,
    )
    actions.keep_batch(batch=batch, by=by, at=at)
    return Done(batch, parquet, readable, already=False)
