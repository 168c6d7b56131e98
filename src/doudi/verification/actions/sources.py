"""Writing who is asked and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.exchange.core import signing
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.verification.actions.questions import close
from doudi.verification.core import State, Way
from doudi.verification.core.questions import OPEN
from doudi.verification.gateways.matching.adapter import address_wrong
from doudi.verification.models import Question, Source


def _keeps(by: By, areas: Sequence[str], at: datetime) -> None:
    """Stop who does not look after a source that is asked about people of these places.

    :raises NotAllowed: the post does not, or the source is asked about people of other places too
    """
    viewer = need(by, "source.keep", area=None, at=at)
    if viewer is not None and not all(viewer.sees(area) if area else viewer.whole_city for area in areas):
        raise NotAllowed("这个来源别的地方也在问，要管全市数据的人来改；只问本地人的，请写上本地的区划代码。")


@transaction.atomic
def keep_source(
    *, code: str, label: str, dataset: str, adapter: str, department: str = "", area: str = "", address: str = "",
    public_key: str = "", answer_wd: int = 10, answer_seconds: int | None = None, daily_quota: int = 0, at_once: int = 50,
    by: By, at: datetime,
) -> Source:  # fmt: skip
    """Register somebody who is asked for one kind of data, or write down anew how; one that was stopped goes on.

    Questions put before keep their clock; how they are carried follows the source.

    :param department: in words; empty: the one of the dataset's contract
    :raises NotAllowed: this clerk does not look after sources
    :raises ValueError: something that cannot be; in words
    """
    found = Source.objects.select_for_update().filter(code=code).first()
    _keeps(by, [area, *([found.area] if found else [])], at)
    contract = exchange.contracts().get(dataset)
    if contract is None:
        raise ValueError(f"没有 {dataset!r} 这种数据。")
    if not code or not label.strip():
        raise ValueError("要写来源的代码和名称。")
    if adapter not in list(Way):
        raise ValueError(f"没有 {adapter!r} 这种问法。")
    way = Way(adapter)
    if code in exchange.contracts() and (code != dataset or way is not Way.LAKE):
        raise ValueError(f"{code} 是数据集的代码，请换一个代码。")
    if way is Way.HTTP and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc):
        raise ValueError("接口要写地址，像 https://host/path。")
    if way is Way.MATCHING and (wrong := address_wrong(dataset, address, public_key)):
        raise ValueError(wrong)
    if way is Way.FILE and address and (PurePosixPath(address).name != address or address.startswith(".")):
        raise ValueError("文件交换的文件夹只写一个名字，不带斜线。")
    if way is Way.PLACE and not (address.strip().isdigit() and len(address.strip()) in (6, 9, 12)):
        raise ValueError("外地核对机构的地址只写对方的区划代码，像 990200。")
    if public_key:
        signing.key_id(public_key)
    if not (1 <= answer_wd <= 60) or not (1 <= at_once <= 1000) or daily_quota < 0:
        raise ValueError("回答期限 1 到 60 个工作日，一次 1 到 1000 问，每天的次数不能是负数。")
    if area and not (area.isdigit() and len(area) <= 12):
        raise ValueError("地区只写区划代码。")
    found, _ = Source.objects.update_or_create(
        code=code,
        defaults={
            "label": label.strip()[:60],
            "department": (department.strip() or contract.department)[:60],
            "dataset": dataset,
            "adapter": way,
            "area": area,
            "address": address.strip()[:300],
            "public_key": public_key,
            "answer_wd": answer_wd,
            "answer_seconds": answer_seconds,
            "daily_quota": daily_quota,
            "at_once": at_once,
            "active": True,
            "failures": 0,
            "rests_until": None,
            "kept_at": at,
            "kept_by": party(by),
        },
    )
    Question.objects.filter(source=code, state__in=OPEN).update(adapter=way)
    detail = {"area": area, "daily_quota": daily_quota, "dataset": dataset, "way": str(way)}
    office.record("verification.keep_source", subject=f"source:{code}", by=by, at=at, detail=detail)
    return found


@transaction.atomic
def stop_source(*, code: str, by: By, at: datetime) -> Source:
    """Ask a source nothing more; its open questions are closed and say so, they never read as nothing.

    :raises NotAllowed: this clerk does not look after sources
    :raises ValueError: no such source
    """
    found = Source.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise ValueError(f"没有 {code!r} 这个来源。")
    _keeps(by, [found.area], at)
    if found.active:
        found.active, found.kept_at, found.kept_by = False, at, party(by)
        found.save(update_fields=["active", "kept_at", "kept_by"])
        open_ones = Question.objects.select_for_update(of=("self",)).select_related("check_asked")
        rows = list(open_ones.filter(source=code, state__in=OPEN))
        for one in rows:
            close(one, "source_stopped", by=by, at=at)
        office.record("verification.stop_source", subject=f"source:{code}", by=by, at=at, detail={"closed": len(rows)})
    return found


@transaction.atomic
def knock_now(*, code: str, by: By, at: datetime) -> Source:
    """End a source's rest: somebody says it is well again, so its questions go at the next round.

    :raises NotAllowed: this clerk does not look after sources
    :raises ValueError: no such source
    """
    found = Source.objects.select_for_update().filter(code=code, active=True).first()
    if found is None:
        raise ValueError(f"没有 {code!r} 这个来源。")
    _keeps(by, [found.area], at)
    found.failures, found.rests_until = 0, None
    found.save(update_fields=["failures", "rests_until"])
    Question.objects.filter(source=code, state=State.WAITING, next_try_at__gt=at, claim="").update(next_try_at=at)
    office.record("verification.knock_now", subject=f"source:{code}", by=by, at=at)
    return found
