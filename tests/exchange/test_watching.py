"""Folders senders put files into: only finished files, only theirs, killed anywhere, nothing twice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from doudi.exchange import actions, jobs
from doudi.exchange.jobs import watching
from doudi.exchange.models import Load, Receipt
from exchange_feeds import tekun_rows, text, write
from people import HALL, NOON

pytestmark = pytest.mark.django_db
STILL = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    told = {"label": "民政局", "department_code": "civil_affairs", "datasets": ["tekun", "death"], "doors": ["folder"]}
    actions.keep_sender(code="civil", **told, by=HALL, at=NOON)
    (tmp_path / "inbox" / "civil").mkdir(parents=True)
    return tmp_path / "inbox"


class Clock:
    """A watcher whose looks are so many seconds apart."""

    def __init__(self, inbox: Path) -> None:
        self.watch, self.now = jobs.Watch(inbox, STILL), NOON

    def look(self, after: float = 11) -> list[jobs.PickedUp]:
        self.now += timedelta(seconds=after)
        return self.watch.look(by=HALL, at=NOON, clock=self.now)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_file_is_taken_when_it_stands_still_and_nobody_writes_to_it(inbox: Path) -> None:
    clock, path, whole = Clock(inbox), inbox / "civil" / "tekun_2026-06-30.csv", text(tekun_rows(50)).encode()
    with path.open("wb") as writing:
        writing.write(whole[:3000])
        writing.flush()
        assert clock.look() == clock.look(5) == []  # new; not still for long
        writing.write(whole[3000:])
        writing.flush()
        assert clock.look() == clock.look(11) == []  # grown; still, but open
    (one,) = clock.look(1)
    assert (one.sender, one.taken, one.receipt.count("accepted")) == ("civil", True, 50)
    assert names(inbox) == {"civil/done/tekun_2026-06-30.csv", "civil/done/tekun_2026-06-30.csv.receipt.json"}
    assert (inbox / "civil/done/tekun_2026-06-30.csv").read_bytes() == whole
    assert Load.objects.get().sender == "civil"
    assert clock.look() == clock.look() == []


def test_what_is_refused_says_why_beside_it_and_rejected_rows_come_back(inbox: Path) -> None:
    rows = tekun_rows(5)
    rows[1][7] = "2026-13-40"
    write(inbox / "civil" / "a.csv", text(rows))
    write(inbox / "civil" / "b.csv", "日期,天气\n2026-06-30,晴\n")
    (inbox / "civil" / "c.csv").symlink_to("/etc/passwd")
    write(inbox / "civil" / "d.csv.part", text(rows))
    clock = Clock(inbox)
    clock.look()
    assert [one.taken for one in clock.look()] == [True, False]
    assert names(inbox / "civil") >= {
        "d.csv.part",
        "done/a.csv",
        "done/a.csv.rejected.csv",
        "refused/b.csv",
        "refused/c.csv.why.txt",
    }
    assert "没有这一天" in (inbox / "civil/done/a.csv.why.txt").read_text()
    assert "2026-13-40" in (inbox / "civil/done/a.csv.rejected.csv").read_text("utf-8-sig")
    assert "不够像" in (inbox / "civil/refused/b.csv.why.txt").read_text()
    receipt = json.loads((inbox / "civil/refused/b.csv.receipt.json").read_text())
    assert receipt["refused"][0]["reason"] == "unknown_file" and receipt["receipt"] == str(Receipt.objects.last())


def test_folders_of_nobody_are_told_and_left_alone(inbox: Path) -> None:
    write(inbox / "strangers" / "a.csv", text(tekun_rows(5)))
    write(inbox / "civil" / "a.csv", text(tekun_rows(6)))
    actions.stop_sender(code="civil", by=HALL, at=NOON)
    clock = Clock(inbox)
    clock.look()
    assert clock.look() == [] and len(clock.watch.troubles) == 2
    assert names(inbox) == {"strangers/a.csv", "strangers.why.txt", "civil/a.csv", "civil.why.txt"}
    assert "没有登记" in (inbox / "strangers.why.txt").read_text() and Load.objects.count() == 0


def test_manifest_and_same_name_again(inbox: Path) -> None:
    clock = Clock(inbox)
    for count in (5, 6, 5):
        write(inbox / "civil" / "a.csv", text(tekun_rows(count)))
        (inbox / "civil" / "manifest.json").write_text(json.dumps({"files": {"a.csv": {"rows": count, "as_of": "2026-06-30"}}}))
        clock.look()
        clock.look()
    assert sum(name.startswith("civil/done/a.") and name.endswith(".csv") for name in names(inbox)) == 3
    assert not (inbox / "civil" / "manifest.json").exists() and Load.objects.count() == 2


class Killed(Exception):
    pass


@pytest.mark.parametrize("at", ["pick_up", "_write", "replace"])
def test_killed_anywhere_it_goes_on_and_takes_nothing_twice(inbox: Path, monkeypatch, at: str) -> None:
    rows = tekun_rows(5)
    rows[1][7] = "x"
    write(inbox / "civil" / "a.csv", text(rows))
    clock = Clock(inbox)
    clock.look()
    real = {"pick_up": watching.pick_up, "_write": watching._write, "replace": watching.os.replace}[at]

    def dies(*args, **more):
        if at == "replace" and args[0].name != "a.csv":
            return real(*args, **more)
        if at == "pick_up":
            real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(watching.os if at == "replace" else watching, at, dies)
        with pytest.raises(Killed):
            clock.look()
    clock = Clock(inbox)
    clock.look()
    assert [one.taken for one in clock.look()] == [True]
    assert Load.objects.count() == Receipt.objects.count() == 1
    assert {name for name in names(inbox / "civil")} == {
        f"done/a.csv{end}" for end in ("", ".receipt.json", ".why.txt", ".rejected.csv")
    }
