"""A whole roll against other lists: who is found, who is not, and that twice is once."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import settings

from doudi.engine import cycle
from doudi.engine.rolls import month_of
from doudi.exchange import queries as loads
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer
from doudi.office.models import Clerk, JournalEntry
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import load
from doudi.verification import jobs, queries
from doudi.verification.models import BatchCheck
from exchange_feeds import TEKUN
from people import CITY, NOON, clerk, clerk_li, officer_zhao, pid_of
from verification.rolls import NAMES, SUBSIDY, VILLAGE, check, deliver, number, subsidy, tekun

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 30)
HUKOU = (
    "户号",
    "公民身份号码",
    "姓名",
    "性别",
    "出生日期",
    "与户主关系",
    "村(社区)代码",
    "户籍地址",
    "户籍类别",
    "户籍状态",
    "状态日期",
)


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


def hukou(order: int, **other: str) -> list[str]:
    n = number(order)
    born = f"{n[6:10]}-{n[10:12]}-{n[12:14]}"
    row = dict(
        zip(
            HUKOU,
            (f"HK{order}", n, NAMES[order % 10], "", born, "户主", VILLAGE, "石磨村1组", "农村", "正常", ""),
            strict=True,
        )
    )
    return list((row | other).values())


def rows_of(done: jobs.Done) -> list[dict]:
    return pq.read_table(done.parquet).to_pylist()


@pytest.mark.lake
def test_the_same_month_on_both_rolls_judged_by_days(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(8)])
    deliver(
        tmp_path,
        "tekun",
        TEKUN,
        [
            tekun(0),
            tekun(1, 终止日期="2026-06-01"),  # left in the month: that month both were paid
            tekun(2, 终止日期="2026-05-31"),  # left before
            tekun(3, 起始日期="2026-06-30"),  # came in the month
            tekun(4, 起始日期="2026-07-01"),  # comes later
            tekun(99),  # not on the roll
        ],
    )
    done = check("tekun")
    assert (done.batch.persons, done.batch.anomalies, done.batch.kinds) == (8, 3, {"tekun": 3})
    found = rows_of(done)
    assert [row["pid"] for row in found] == [pid_of(number(n)) for n in (0, 1, 3)]
    assert [(row["roll_row"], row["other_row"]) for row in found] == [(1, 1), (2, 2), (4, 4)]
    assert {(row["roll"], row["other_dataset"], row["article"]) for row in found} == {
        ("disability_subsidy", "tekun", "ST-01 国发〔2015〕52号")
    }
    (subsidy_load,) = [load for load in loads.current_loads(JUNE) if load.dataset == "disability_subsidy"]
    assert {row["roll_batch"] for row in found} == {subsidy_load.batch}


@pytest.mark.lake
def test_numbers_written_badly_find_each_other(tmp_path: Path) -> None:
    n = [number(at) for at in range(6)]
    wrong = n[3][:12] + str((int(n[3][12]) + 1) % 10) + n[3][13:]
    deliver(tmp_path, "hukou", HUKOU, [hukou(at) for at in range(6)])
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(at) for at in range(6)])
    wide = "".join(chr(ord(c) + 0xFEE0) for c in n[1])
    deliver(
        tmp_path,
        "tekun",
        TEKUN,
        [
            tekun(0, 公民身份号码=n[0][:6] + n[0][8:17]),  # 15 digits
            tekun(1, 公民身份号码=wide),
            tekun(2, 公民身份号码=f"'{n[2]} "),
            tekun(3, 公民身份号码=wrong),  # one digit wrong, same name
            tekun(4, 公民身份号码=""),  # no number: name and village
            tekun(5, 公民身份号码="", 姓名="没有人叫"),
        ],
    )
    done = check("tekun")
    assert done.batch.kinds == {"tekun": 5}
    assert [(row["roll_row"], row["how"]) for row in rows_of(done)] == [
        (1, "number15"),
        (2, "number"),
        (3, "number"),
        (4, "number_near"),
        (5, "name_area"),
    ]


@pytest.mark.lake
def test_rows_left_alone_are_seen_side_by_side(tmp_path: Path) -> None:
    """Linking leaves them alone: the register knows them in another village, or the name is another too."""
    n = [number(at) for at in range(4)]
    near = n[1][:15] + str((int(n[1][15]) + 1) % 10) + n[1][16:]
    elsewhere = {"村(社区)代码": "990102002201"}
    deliver(tmp_path, "hukou", HUKOU, [hukou(0, **elsewhere), hukou(1, **elsewhere), hukou(2), hukou(3)])
    deliver(
        tmp_path,
        "disability_subsidy",
        SUBSIDY,
        [subsidy(0, 公民身份号码=""), subsidy(1), subsidy(2), subsidy(3, 公民身份号码="无")],
    )
    other_village = {"村(社区)代码": "990101001202"}
    deliver(
        tmp_path,
        "tekun",
        TEKUN,
        [
            tekun(0),  # no number on the roll; same name, same village
            tekun(1, 公民身份号码=near, 姓名="李桂树"),  # a digit wrong and one character another; same village
            tekun(2, 公民身份号码="", 姓名="不是这个人"),
            tekun(3, 公民身份号码="", **other_village),  # same name in another village: nobody can know
        ],
    )
    found = [(row["roll_row"], row["how"]) for row in rows_of(check("tekun"))]
    assert (1, "name_area") in found and (2, "sound") in found
    assert 3 not in [row for row, _ in found]


@pytest.mark.lake
def test_two_of_one_name_in_one_village_are_not_guessed_at(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(0, 公民身份号码=""), subsidy(5)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1, 姓名=NAMES[0]), tekun(2, 姓名=NAMES[0])])
    assert check("tekun").batch.anomalies == 0


@pytest.mark.lake
def test_the_published_register_gives_the_same_answer(tmp_path: Path) -> None:
    deliver(tmp_path, "hukou", HUKOU, [hukou(n) for n in range(8)])
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [*[subsidy(n) for n in range(6)], subsidy(6, 公民身份号码="")])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1), tekun(4, 公民身份号码=""), tekun(6), tekun(7)])
    here = check("tekun")
    every = loads.current_loads(JUNE)
    cycle.run(loads.lake(), loads.contracts(), every, load(["cn"]), JUNE, key=settings.LINKING_KEY)
    published = check("tekun")
    assert not published.already and published.batch.ref != here.batch.ref
    assert rows_of(published) == rows_of(here)
    assert published.batch.persons == here.batch.persons == 7


@pytest.mark.lake
def test_a_person_counts_once_and_every_kind_is_told(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [*[subsidy(n) for n in range(5)], subsidy(0, 银行账号="6222999999999999")])
    deliver(tmp_path, "tekun", TEKUN, [tekun(0), tekun(0, 供养证号="TKX"), tekun(1)])
    deliver(
        tmp_path,
        "death",
        ("公民身份号码", "姓名", "死亡日期"),
        [[number(0), NAMES[0], "2026-02-03"], [number(4), NAMES[4], "2026-07-03"]],
    )
    done = check("tekun", "died", "twice", "prison")
    assert (done.batch.persons, done.batch.anomalies) == (5, 2)
    assert done.batch.kinds == {"tekun": 2, "died": 1, "twice": 1}
    assert done.batch.silent == ["custody"]
    said = {(row["kind"], row["said"]) for row in rows_of(done)}
    assert ("died", "2026-02-03 去世") in said


@pytest.mark.lake
def test_certificates_custody_and_moves(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(8)])
    heading = ("残疾人证号", "公民身份号码", "姓名", "残疾类别", "残疾等级", "发证日期", "有效期至", "证件状态")
    line = ["肢体", "二级", "2015-01-01", "2030-01-01", "有效"]
    deliver(
        tmp_path,
        "disability_certificate",
        heading,
        [
            [f"{number(0)}42", number(0), NAMES[0], *line],
            [f"{number(1)}42", number(1), NAMES[1], *line[:3], "2026-06-29", "有效"],  # expired
            [f"{number(2)}42", number(2), NAMES[2], *line[:3], "2026-06-29", "有效"],  # expired, and renewed
            [f"{number(2)}42B", number(2), NAMES[2], *line[:2], "2026-05-01", "长期", "有效"],
            [f"{number(3)}43", number(3), NAMES[3], "肢体", "三级", "2024-01-01", "2034-01-01", "有效"],  # lower grade now
            [f"{number(4)}42", number(4), NAMES[4], *line[:3], "2020-01-01", "已换"],  # superseded only
        ],
    )
    deliver(
        tmp_path,
        "custody",
        ("公民身份号码", "姓名", "人员类别", "起始日期", "终止日期"),
        [
            [number(5), NAMES[5], "服刑", "2025-01-01", ""],
            [number(6), NAMES[6], "服刑", "2020-01-01", "2026-05-01"],
            [number(7), NAMES[7], "释放", "2020-01-01", ""],
        ],
    )
    deliver(tmp_path, "hukou", HUKOU, [*[hukou(n) for n in range(7)], hukou(7, 户籍状态="迁出", 状态日期="2026-04-01")])
    done = check("certificate", "prison", "moved")
    assert done.batch.kinds == {"certificate": 2, "moved": 1, "prison": 1}
    assert {row["roll_row"] for row in rows_of(done) if row["kind"] == "certificate"} == {2, 4}


@pytest.mark.lake
def test_applicants_with_property_and_income(tmp_path: Path) -> None:
    heading = ("公民身份号码", "姓名", "申请事项", "家庭人口")
    deliver(tmp_path, "applicant", heading, [[number(n), NAMES[n], "住房保障", "2"] for n in range(6)])
    deliver(
        tmp_path,
        "dwelling",
        ("公民身份号码", "姓名", "交易类别", "坐落", "登记日期"),
        [
            [number(0), NAMES[0], "购入", "甲街1号", "2020-01-01"],
            [number(1), NAMES[1], "购入", "甲街2号", "2020-01-01"],
            [number(1), NAMES[1], "出售", "甲街2号", "2024-01-01"],
            ["", NAMES[2], "购入", "甲街3号", "2020-01-01"],  # a name twin, as far as anybody can tell
        ],
    )
    deliver(
        tmp_path,
        "vehicle",
        ("公民身份号码", "姓名", "号牌号码", "车辆类型", "初次登记日期", "状态"),
        [
            [number(3), NAMES[3], "禾A1", "小型轿车", "2022-01-01", "正常"],
            [number(4), NAMES[4], "禾A2", "两轮摩托车", "2022-01-01", "正常"],
            [number(5), NAMES[5], "禾A3", "小型轿车", "2010-01-01", "报废"],
        ],
    )
    done = check("dwelling", "vehicle", "firm", roll="applicant")
    assert done.batch.kinds == {"dwelling": 1, "vehicle": 1}
    assert done.batch.silent == ["business"]


@pytest.mark.lake
def test_any_two_rolls_can_be_compared(tmp_path: Path) -> None:
    deliver(tmp_path, "tekun", TEKUN, [tekun(n) for n in range(4)])
    deliver(
        tmp_path,
        "old_age_allowance",
        ("公民身份号码", "姓名", "出生日期", "起始日期"),
        [[number(1), NAMES[1], "1950-01-01", "2020-01-01"], [number(2), NAMES[2], "1950-01-01", "2026-08-01"]],
    )
    assert check("old_age_allowance", roll="tekun").batch.kinds == {"old_age_allowance": 1}


def test_the_same_inputs_give_the_same_answer_once(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(3)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1)])
    first = check("tekun")
    content = first.parquet.read_bytes()
    lines = JournalEntry.objects.count()
    second = check("tekun")
    assert (first.already, second.already) == (False, True)
    assert second.batch == first.batch
    assert BatchCheck.objects.count() == 1 and JournalEntry.objects.count() == lines
    first.parquet.unlink()  # lost: made again, to the byte
    assert check("tekun").parquet.read_bytes() == content
    assert BatchCheck.objects.count() == 1 and JournalEntry.objects.count() == lines
    deliver(tmp_path / "more", "tekun", TEKUN, [tekun(1), tekun(2)])
    assert check("tekun").batch.ref != first.batch.ref


@pytest.mark.lake
def test_snapshots_do_not_mix(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(3)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1)])
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(3)], snapshot="p2")
    deliver(tmp_path, "tekun", TEKUN, [tekun(1), tekun(2)], snapshot="p2")
    assert (check("tekun").batch.anomalies, check("tekun", snapshot="p2").batch.anomalies) == (1, 2)


def test_what_cannot_be_asked_is_said(tmp_path: Path) -> None:
    with pytest.raises(jobs.NotLoaded):
        check("tekun")
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(1)])
    with pytest.raises(jobs.NotLoaded):
        check("tekun")
    with pytest.raises(RuleError, match="没有“nonsense”"):
        check("nonsense")
    assert BatchCheck.objects.count() == 0


@pytest.mark.lake
def test_the_table_for_people_keeps_digits_and_starts_no_formula(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(1, 姓名='=HYPERLINK("x")')])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1, 姓名='=HYPERLINK("x")')])
    with check("tekun").readable.open(encoding="utf-8-sig", newline="") as file:
        (line,) = list(csv.DictReader(file))
    assert line["姓名"].startswith("'=")
    assert line["公民身份号码"] == f"\t{number(1)}"
    assert "ST-01" in line["依据"] and line["也可能是"]


def seen_by(clerk: Clerk) -> Viewer:
    found = office.viewer(clerk, "check.batch", NOON)
    assert found is not None
    return found


def test_who_may_see_checks_of_rolls(tmp_path: Path) -> None:
    deliver(tmp_path, "disability_subsidy", SUBSIDY, [subsidy(1)])
    deliver(tmp_path, "tekun", TEKUN, [tekun(1)])
    check("tekun")
    city, county = seen_by(clerk("tian", "田野", Role.COUNTY, CITY)), seen_by(officer_zhao())
    assert [one.batch.anomalies for one in queries.runs(city)] == [1]
    assert queries.runs(county) == []  # the city's figures are not of one county's people alone
    assert len(queries.anomalies(county, queries.Wanted())) == 1  # whom they found there is
    with pytest.raises(NotAllowed):
        queries.runs(seen_by(clerk_li()))


def test_months() -> None:
    assert month_of(date(2026, 2, 14)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_of(date(2024, 12, 31)) == (date(2024, 12, 1), date(2024, 12, 31))
