"""Whom a check of a roll found, month after month: what a person decided stays; handed on, closed, asked again, sampled."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.exchange.models import Correction
from doudi.monitoring import actions as monitoring
from doudi.monitoring.models import Alert
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer
from doudi.office.models import JournalEntry
from doudi.registry.models import Person
from doudi.verification import actions, jobs, queries
from doudi.verification.core.anomalies import AnomalyState, Seen, seen_again
from doudi.verification.core.samples import Share
from doudi.verification.gateways import rolls as lake
from doudi.verification.models import Anomaly, BatchRun, Sighting
from exchange_feeds import TEKUN
from people import CITY, COUNTY, NOON, VILLAGE, auditor_chen, checker_he, clerk, clerk_li, clerk_sun, officer_zhao, pid_of, places
from verification.rolls import BY, NAMES, SUBSIDY, check, deliver, number, order, subsidy, tekun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"
    places()


def viewer(who) -> Viewer:
    found = office.viewer(who, "anomaly.read", NOON)
    assert found is not None
    return found


def june(folder: Path, *both: int, people: int = 6) -> jobs.Done:
    deliver(folder, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(people)])
    deliver(folder, "tekun", TEKUN, [tekun(n) for n in both])
    return check("tekun")


def july(folder: Path, rows: list[list[str]], people: int = 6, at=NOON + timedelta(days=31)) -> jobs.Done:
    deliver(folder, "disability_subsidy", SUBSIDY, [*[subsidy(n) for n in range(people)], subsidy(20)], on="2026-07-31")
    deliver(folder, "tekun", TEKUN, rows, on="2026-07-31")
    return check("tekun", at=at)


def one(order_no: int) -> Anomaly:
    return Anomaly.objects.get(pid=pid_of(number(order_no)))


def test_the_next_month_tells_new_gone_and_still_there(tmp_path: Path) -> None:
    first = june(tmp_path, 0, 1, 2, 3)
    assert first.seen == dict.fromkeys(map(str, Seen), 0) | {"new": 4}
    actions.close_anomaly(ref=one(1).ref, cause="twin", note="查了档案，是两个人", by=checker_he(), at=NOON)
    actions.close_anomaly(ref=one(2).ref, cause="explained", note="当月转的", by=checker_he(), at=NOON)
    actions.hand_anomaly(ref=one(3).ref, whom="supervision", note="请看看", by=officer_zhao(), at=NOON)
    moved = tekun(2, 供养方式="集中")  # says something else now
    second = july(tmp_path, [tekun(0), tekun(1), moved, tekun(4)])
    assert {seen: n for seen, n in second.seen.items() if n} == {"new": 1, "still": 1, "known": 1, "changed": 1, "gone": 1}
    assert (one(1).state, one(1).cause) == ("closed", "twin")  # not asked again: nothing in its rows is another
    assert one(2).state == "open" and one(2).steps.get().cause == "explained"  # asked again, what was said is kept
    assert (one(3).state, one(3).there) == ("handed", False)  # somebody works on it: it stays with them
    assert {row.seen for row in Sighting.objects.filter(run__ref=second.run, anomaly=one(3))} == {"gone"}


def test_who_lapsed_comes_back_and_a_look_back_changes_nothing(tmp_path: Path) -> None:
    june(tmp_path, 0, 1)
    july(tmp_path, [tekun(1)])
    assert one(0).state == "lapsed"
    before = list(Anomaly.objects.order_by("pk").values_list("ref", "state", "there"))
    back = check("tekun", on=date(2026, 6, 30), under=order(purpose="回头看六月"))
    assert back.batch.anomalies == 2 and back.seen == {}
    assert list(Anomaly.objects.order_by("pk").values_list("ref", "state", "there")) == before


def test_a_cause_for_a_while_is_looked_at_again_when_it_is_over(tmp_path: Path) -> None:
    june(tmp_path, 0)
    actions.close_anomaly(ref=one(0).ref, cause="unclear", note="人在外地", by=checker_he(), at=NOON)
    july(tmp_path, [tekun(0), tekun(30)], at=NOON + timedelta(days=40))
    assert one(0).state == "open"


def test_killed_at_any_moment_and_begun_again_gives_the_same_once(tmp_path: Path, monkeypatch) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(6)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(n) for n in range(4)])
    under = order()
    asked = {"order": under, "roll": "disability_subsidy", "words": ["tekun"], "datasets": ["tekun"], "by": BY, "at": NOON}
    run = actions.ask_run(**asked).ref
    for place in ("write_pairs", "write_people", "whole_hits"):
        with monkeypatch.context() as cut:
            cut.setattr(f"doudi.engine.rolls.{place}", lambda *words, **more: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                jobs.work_off(at=NOON)
        assert BatchRun.objects.get().state == "waiting" and not Anomaly.objects.exists()
    assert actions.ask_run(**asked).ref == run
    assert jobs.work_off(at=NOON) == 1 and jobs.work_off(at=NOON) == 0
    assert Anomaly.objects.count() == 4 and BatchRun.objects.get().seen["new"] == 4
    again = actions.ask_run(**asked).ref
    assert again != run and jobs.work_off(at=NOON) == 1
    assert BatchRun.objects.get(ref=again).same_as.ref == run and Sighting.objects.count() == 4
    assert lake.progress(jobs.batches.exchange.lake(), run) is None


@pytest.mark.lake
def test_only_the_orders_place_is_compared(tmp_path: Path) -> None:
    elsewhere = {"村(社区)代码": "990102001201"}
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(0), subsidy(1, **elsewhere)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(0), tekun(1, **elsewhere)])
    county = check("tekun", under=order(area=COUNTY, purpose="本县"))
    assert (county.batch.persons, county.batch.anomalies) == (1, 1) and one(0).area == VILLAGE
    whole = check("tekun", under=order(purpose="全市"))
    assert whole.batch.anomalies == 2 and whole.seen["new"] == 1 and whole.seen["still"] == 1


def test_every_list_of_the_order_and_silence_is_not_nothing(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(5)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(0)])
    heading = ("公民身份号码", "姓名", "出生日期", "起始日期")
    old = [[number(n), NAMES[n], f"{number(n)[6:10]}-{number(n)[10:12]}-{number(n)[12:14]}", "2020-01-01"] for n in (1, 2)]
    deliver(tmp_path, "old_age_allowance", heading, old, on="2024-01-31")
    done = check("*", under=order(datasets=["tekun", "old_age_allowance", "custody"]))
    said = {row["dataset"]: (row["said"], row["found"]) for row in done.lists}
    assert said == {"tekun": ("answered", 1), "old_age_allowance": ("stale", 2), "custody": ("no_answer", None)}
    assert done.batch.kinds == {"tekun": 1} and done.batch.silent == ["custody"]  # what is only counted is no anomaly
    city = viewer(clerk("tian", "田野", Role.COUNTY, CITY))
    shown = {row.dataset: row.nothing for row in queries.run(done.run, city).lists}
    assert shown == {"tekun": 4, "old_age_allowance": None, "custody": None}


def test_handed_to_the_township_a_visit_waits_in_its_inbox(tmp_path: Path) -> None:
    june(tmp_path, 0, 1)
    who = Person.objects.create(
        pid=one(0).pid, name="王秀英", masked_name="王*英", citizen_no=number(0), number_blind="x", short_blind="y",
        born_on=date(1950, 1, 10), area=VILLAGE, kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip
    alert = monitoring.hand_to_township(anomaly=one(0).ref, note="看看还领不领特困", by=checker_he(), at=NOON)
    waits = Alert.objects.get(ref=alert)
    assert (waits.pid, waits.area, waits.state) == (who.pid, VILLAGE, "open") and "看看还领不领特困" in waits.figures
    step = one(0).steps.get()
    assert (step.act, step.whom, step.came, step.due_on) == ("hand", "township", alert, date(2026, 7, 15))
    assert monitoring.hand_to_township(anomaly=one(1).ref, note="登记里没有这个人", by=checker_he(), at=NOON) == ""
    with pytest.raises(NotAllowed, match="不能再交出去"):
        monitoring.hand_to_township(anomaly=one(0).ref, note="再交一次", by=checker_he(), at=NOON)
    assert Alert.objects.count() == 1
    theirs = viewer(clerk_li())
    assert {row.pid for _, row in queries.anomalies(theirs, queries.Wanted(state="handed"))} == {one(0).pid, one(1).pid}
    actions.close_anomaly(ref=one(0).ref, cause="real", note="上门看了，两份都在领", by=clerk_li(), at=NOON)
    assert one(0).state == "closed" and one(0).again_on == date(2026, 9, 1)
    assert not JournalEntry.objects.filter(act__contains="stop").exists()  # no help ended by it


def test_who_sees_and_who_closes_what(tmp_path: Path) -> None:
    june(tmp_path, 0, 1)
    assert queries.anomalies_count(viewer(clerk_li()), queries.Wanted()) == 0  # nothing was handed to the township
    assert queries.anomalies_count(viewer(auditor_chen()), queries.Wanted()) == 2
    for who in (clerk_li, auditor_chen, clerk_sun):
        with pytest.raises(NotAllowed):
            actions.close_anomaly(ref=one(0).ref, cause="twin", note="不归我", by=who(), at=NOON)
    actions.hand_anomaly(ref=one(0).ref, whom="supervision", note="请看看", by=officer_zhao(), at=NOON)
    actions.close_anomaly(ref=one(0).ref, cause="ended", note="六月底停的", by=auditor_chen(), at=NOON)
    with pytest.raises(NotAllowed):
        queries.anomaly(one(1).ref, viewer(clerk_li()))
    with pytest.raises(NotAllowed):
        queries.anomalies(viewer(officer_zhao()), queries.Wanted(area="990102"))
    for wrong in ({"cause": "", "note": "x"}, {"cause": "twin", "note": " "}, {"cause": "nothing", "note": "x"}):
        with pytest.raises(NotAllowed):
            actions.close_anomaly(ref=one(1).ref, **wrong, by=checker_he(), at=NOON)


def test_a_wrong_row_becomes_a_request_to_its_department(tmp_path: Path) -> None:
    june(tmp_path, 0)
    actions.close_anomaly(ref=one(0).ref, cause="other_wrong", note="特困名单写成了他哥哥的号码", by=checker_he(), at=NOON)
    asked = Correction.objects.get()
    pair = one(0).pairs[0]
    assert (asked.dataset, asked.load_id, asked.row_no, asked.cause) == (
        "tekun",
        pair["other_batch"],
        pair["other_row"],
        one(0).ref,
    )
    assert one(0).steps.get().came == asked.ref and "特困" in asked.evidence
    actions.reopen_anomaly(ref=one(0).ref, note="看错了行", by=checker_he(), at=NOON)
    assert one(0).state == "open" and [step.act for step in one(0).steps.order_by("pk")] == ["close", "reopen"]


def test_a_sample_is_the_same_for_everybody_with_its_seed(tmp_path: Path) -> None:
    done = june(tmp_path, 0, 1, 2, people=12)
    city = clerk("tian", "田野", Role.COUNTY, CITY)
    words = {"run": done.run, "permille": 500, "viewer": viewer(city), "by": city, "at": NOON}
    rest = jobs.draw_sample(hits=False, seed="abcd1234", **words)
    drawn = list(rest.rows.order_by("place").values_list("pid", flat=True))
    assert rest.population == 9 and len(drawn) == 5 and not set(drawn) & {one(n).pid for n in range(3)}
    assert jobs.draw_sample(hits=False, seed="abcd1234", **words).pk == rest.pk
    other = jobs.draw_sample(hits=False, seed="zyxw9876", **words)
    assert list(other.rows.order_by("place").values_list("pid", flat=True)) != drawn
    hits = jobs.draw_sample(hits=True, **words | {"permille": 1000})
    assert {row.pid for row in hits.rows.all()} == {one(n).pid for n in range(3)} and len(hits.seed) == 16
    for place, result in ((1, "right"), (2, "wrong"), (3, "unclear")):
        actions.keep_look(sample=hits.ref, place=place, result=result, note="看了档案", by=city, at=NOON)
    line, rows = queries.sample(hits.ref, viewer(city))
    assert (line.share.so, line.share.of, line.unclear) == (1, 2, 1) and rows[0].anomalies
    for wrong in ({"permille": 0}, {"permille": 1001}, {"seed": "不行"}):
        with pytest.raises(NotAllowed):
            jobs.draw_sample(hits=True, **words | wrong)
    with pytest.raises(NotAllowed):
        actions.keep_look(sample=hits.ref, place=1, result="right", note="", by=city, at=NOON)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 10_000))
def test_an_interval_holds_its_share(so: int, more: int, population: int) -> None:
    share = Share(so, so + more, max(population, so + more))
    if share.interval is None:
        assert share.of == 0
        return
    low, high = share.interval
    assert 0 <= low <= so / (so + more) + 1e-9 and so / (so + more) - 1e-9 <= high <= 1


@given(st.sampled_from(AnomalyState), st.booleans(), st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_only_changed_rows_or_a_day_that_came_open_what_a_person_closed(state, same: bool, again: date | None) -> None:
    on = date(2026, 7, 1)
    how = seen_again(state, same_rows=same, again_on=again, on=on)
    if state is AnomalyState.CLOSED:
        assert (how is Seen.KNOWN) == (same and (again is None or again > on))
    else:
        assert how is (Seen.BACK if state is AnomalyState.LAPSED else Seen.STILL)
