"""`doudi assess` and `doudi rules` as scripts see them: one object, exit codes, refusals in words."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doudi.config.cli import cli

ROW = {
    "id": "a", "hh_place_kind": "rural", "hh_members": 3, "hh_income_month": 1894, "hh_financial_assets": 0,
    "hh_car_count": 0, "hh_dwelling_count": 1, "hh_firm_count": 0,
}  # fmt: skip


def run(*words):
    result = CliRunner().invoke(cli, [str(word) for word in words])
    return result.exit_code, result.stdout


def assessed(path, *more, programme="dibao"):
    code, out = run("assess", path, "--programme", programme, "--on", "2026-07-01", "--area", "990101", "--json", *more)
    return code, json.loads(out)


def csv(path, rows, encoding="utf-8"):
    lines = [",".join(rows[0]), *(",".join("" if v is None else str(v) for v in row.values()) for row in rows)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_the_same_table_in_every_form(tmp_path):
    rows = [ROW, {**ROW, "id": "b", "hh_financial_assets": None}, {**ROW, "id": "c", "hh_income_month": 2070}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    (tmp_path / "t.json").write_text(json.dumps(rows), encoding="utf-8")
    labelled = [{"家庭编号": r["id"], "城乡": "农村", "共同生活人数": 3, **{k: r[k] for k in list(ROW)[3:]}} for r in rows]
    forms = [
        csv(tmp_path / "t.csv", rows),
        csv(tmp_path / "bom.csv", rows, "utf-8-sig"),
        csv(tmp_path / "gb.csv", labelled, "gb18030"),
        tmp_path / "t.parquet",
        tmp_path / "t.json",
    ]
    answers = [assessed(path) for path in forms]
    assert all(code == 0 for code, _ in answers)
    assert all(answer["households"] == answers[0][1]["households"] for _, answer in answers)
    a, b, c = answers[0][1]["households"]
    assert (a["id"], a["eligible"], a["amount"], a["amount_fen"]) == ("a", "yes", "176.00", 17_600)
    assert (b["eligible"], b["amount"], [u["name"] for u in b["unknowns"]]) == ("unknown", None, ["hh_financial_assets"])
    assert (c["eligible"], c["amount_fen"]) == ("no", None)
    income = a["conditions"][0]
    assert set(income) == {"name", "label", "state", "sentence", "article", "assumed", "values"}
    assert income["values"]["per_head"] == "631.33" and "LAW" in income["article"]
    assert [step["amount"] for step in a["steps"]] == ["1894.00", "176.00", "176.00", "0.00", "176.00"]


def test_members_in_a_table_of_their_own_and_a_programme_of_persons(tmp_path):
    homes = csv(tmp_path / "h.csv", [{"id": "a", "hh_place_kind": "rural"}, {"id": "b", "hh_place_kind": "rural"}])
    people = csv(
        tmp_path / "p.csv",
        [
            {
                "household": "a",
                "person": "p1",
                "age": 70,
                "has_living_source": "否",
                "supporter_unable": "是",
                "self_care_failed": 0,
            },
            {
                "household": "a",
                "person": "p2",
                "age": 40,
                "has_living_source": "是",
                "supporter_unable": "否",
                "self_care_failed": 0,
            },
        ],
    )
    code, answer = assessed(homes, "--persons", people, programme="tekun")
    a, b = answer["households"]
    assert code == 0
    assert (a["eligible"], a["amount"], [p["eligible"] for p in a["persons"]]) == ("yes", "1097.00", ["yes", "no"])
    assert (b["eligible"], b["persons"]) == ("unknown", [])


def test_every_programme_at_once_with_what_may_be_proposed_together(tmp_path):
    alone = {
        "id": "a", "hh_place_kind": "urban", "hh_members": 1, "hh_income_month": 0, "hh_financial_assets": 0, "hh_car_count": 0,
        "hh_dwelling_count": 1, "hh_firm_count": 0, "age": 61, "is_disabled": "是", "disability_kind": "4", "disability_grade": 1,
        "has_living_source": "否", "supporter_unable": "是", "self_care_failed": 0,
    }  # fmt: skip
    code, answer = assessed(csv(tmp_path / "t.csv", [alone]), programme="all")
    (home,) = answer["households"]
    package = home["package"]
    assert code == 0 and {"dibao", "tekun", "medical"} <= {one["programme"] for one in home["programmes"]}
    assert [(one["programme"], one["amount"]) for one in package["proposed"]] == [("tekun", "1305.00")]
    assert {(one["programme"], one["instead_of"], one["person_chooses"]) for one in package["aside"]} == {
        ("dibao", "tekun", True), ("disability_nursing", "tekun", False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--programme", "dibo"], "dibao"),
        (["--on", "2026-7-1"], "日期"),
        (["--on", "2019-01-01"], "2021-07-01"),
        (["--area", "禾安"], "区划"),
        (["--pack", "nowhere"], "demo_city"),
        (["--persons", "none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_asked_is_said(tmp_path, words, said):
    path = csv(tmp_path / "t.csv", [ROW])
    asked = {"--programme": "dibao", "--on": "2026-07-01", "--area": "990101", words[0]: words[1]}
    code, out = run("assess", path, "--json", *(word for pair in asked.items() for word in pair))
    assert code == 2 and said in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("t.csv", b"", "空"),
        ("t.csv", b"id,hh_car_cuont\na,1", "hh_car_count"),
        ("t.csv", b"id,hh_members\na,1,2", "第 1 行"),
        ("t.csv", b"id,id\na,1", "两遍"),
        ("t.csv", b"\xff\xfe\x00\x81", "UTF-8"),
        ("t.csv", b'id,hh_members\na,"1', "CSV"),
        ("t.json", b"{", "JSON"),
        ("t.json", b"[1]", "JSON"),
        ("t.json", b'[{"id": "a", "hh_members": [1]}]', "hh_members"),
        ("t.parquet", b"PAR1", "Parquet"),
        ("t.xlsx", b"PK", ".csv"),
    ],
)
def test_files_that_cannot_be_read_are_said(tmp_path, name, raw, said):
    (tmp_path / name).write_bytes(raw)
    code, answer = assessed(tmp_path / name)
    assert code == 2 and said in answer["error"]


def test_in_words(tmp_path):
    path = csv(tmp_path / "t.csv", [ROW, {**ROW, "id": "b", "hh_financial_assets": None}])
    code, out = run("assess", path, "--programme", "dibao", "--on", "2026-07-01", "--area", "990101")
    assert code == 0
    assert "a：够得上，176.00 元" in out and "b：还说不准" in out and "要弄清：金融资产" in out


def test_rules_are_listed_and_checked():
    code, out = run("rules", "list", "--json")
    listed = json.loads(out)
    assert code == 0 and {"dibao", "tekun"} <= {programme["code"] for programme in listed["programmes"]}
    assert {"parameter" for _ in listed["parameters"]} and len(listed["indicators"]) >= 24
    code, out = run("rules", "list", "--facts")
    assert code == 0 and "hh_members\t共同生活人数" in out
    code, out = run("rules", "check", "--json")
    assert (code, json.loads(out)["wrong"], json.loads(out)["without_cases"]) == (0, [], [])
