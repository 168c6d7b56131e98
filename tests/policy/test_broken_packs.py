"""Packs with a mistake: each is refused with a sentence that names file, rule and place, and says what to write instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from doudi.config.cli import cli

FACTS = """
[[fact]]
name = "size"
subject = "household"
type = "count"
unit = "heads"
label = "人数"
[[fact]]
name = "income"
subject = "household"
type = "money"
label = "收入"
[[fact]]
name = "tenure"
subject = "household"
type = "code"
label = "住房"
codes = { tenant = "租", owner = "自有" }
[[fact]]
name = "age"
subject = "person"
type = "count"
unit = "years"
label = "年龄"
[[fact]]
name = "moved_in"
subject = "household"
type = "date"
label = "哪天搬来"
"""
RULES = """
[[parameter]]
name = "line"
type = "money"
label = "线"
[[value]]
parameter = "line"
from = 2026-01-01
is = 900

[[programme]]
code = "help"
label = "帮一把"
unit = "household"
from = 2026-01-01
  [[programme.condition]]
  name = "income"
  if = "income < P.line * size"
  [[programme.amount]]
  name = "gap"
  is = "P.line * size - income"
"""
IF, IS = 'if = "income < P.line * size"', 'is = "P.line * size - income"'
LATER = '  [[programme.amount]]\n  name = "later"\n  is = "P.line"'
SECOND = RULES[RULES.index("[[programme]]") :]


def condition(text: str) -> str:
    return RULES.replace(IF, f"if = {text}")


BROKEN: dict[str, tuple[str, str, str]] = {
    # kind: (the rules, what stands in the sentence, where it says it is)
    "typo in a fact": (condition('"incom < P.line * size"'), "income", "第 1 列"),
    "typo in a parameter": (condition('"income < P.lime * size"'), "line（线）", "第 12 列"),
    "a label instead of a name": (condition('"收入 < P.line"'), "income", "第 1 列"),
    "wrong unit": (condition('"income < 900"'), "yuan(900)", "列"),
    "money with heads": (condition('"income < size"'), "人数", "列"),
    "days with money": (condition('"moved_in < P.line"'), "钱", "列"),
    "money times money": (condition('"income * income > P.line"'), "钱", "列"),
    "missing quote in the text": (condition("\"tenure = 'tenant\""), "引号", "列"),
    "missing quote of the file": (condition('"income < P.line'), "引号没有合上", "第 18 行"),
    "unknown table": (RULES + '\n[[programm]]\ncode = "x"\n', "programme", "rules.toml"),
    "unknown key": (RULES.replace('unit = "household"', 'unit = "household"\nlabell = "x"'), "label", "rules.toml"),
    "missing key": (RULES.replace('label = "帮一把"\n', ""), "label", "rules.toml"),
    "wrong code": (condition("\"tenure = 'rented'\""), "tenant", "列"),
    "code compared with a number": (condition('"tenure = 3"'), "代码", "列"),
    "empty list": (condition('"tenure in ()"'), "空", "列"),
    "two versions in force": (RULES + SECOND, "两个版本", "rules.toml"),
    "negative period": (RULES.replace("01-01\n  [[", "01-01\nto = 2025-01-01\n  [["), "早", "rules.toml"),
    "a day there is not": (RULES.replace("from = 2026-01-01\nis = 900", "from = 2026-02-30\nis = 900"), "TOML", "rules.toml"),
    "a day written as text": (RULES.replace("from = 2026-01-01\nis = 900", 'from = "2026-1-1"\nis = 900'), "日期", "rules.toml"),
    "unclosed bracket": (condition('"(income < P.line * size"'), "括号", "列"),
    "bracket too many": (condition('"income < P.line * size)"'), "括号", "列"),
    "Chinese comma": (condition("\"tenure in ('tenant'，'owner')\""), "，", "列"),
    "Chinese bracket": (condition('"（income < P.line）"'), "（", "列"),
    "Chinese quote": (condition('"tenure = ‘tenant’"'), "‘", "列"),
    "full-width digits": (condition('"size > ３"'), "３", "列"),
    "full-width less-than": (condition('"income ＜ P.line"'), "＜", "列"),
    "program instead of rule": (condition("\"__import__('os').system('id')\""), "__import__", "列"),
    "a query instead of a rule": (condition('"income < (select max(income) from household_facts)"'), "max", "列"),
    "a second statement": (condition('"income < P.line; drop table x"'), ";", "列"),
    "reading a file": (condition("\"read_text('/etc/passwd') = 'a'\""), "read_text", "列"),
    "a comment": (condition('"income < P.line -- always"'), "注释", "列"),
    "huge number": (condition('"size < 99999999999999999999999999"'), "13 位", "列"),
    "huge amount": (RULES.replace("is = 900", "is = 99999999999999999999"), "太大", "rules.toml"),
    "third decimal of money": (RULES.replace("is = 900", "is = 900.555"), "小数", "rules.toml"),
    "text for a number": (RULES.replace("is = 900", 'is = "九百"'), "九百", "rules.toml"),
    "infinite number": (RULES.replace("is = 900", "is = inf"), "Infinity", "rules.toml"),
    "condition that is no condition": (condition('"income + P.line"'), "条件", "列"),
    "amount that is a condition": (RULES.replace(IS, 'is = "income < P.line"'), "真假", "rules.toml"),
    "amount not rounded": (RULES.replace(IS, 'is = "income / size"'), "round", "rules.toml"),
    "a member's fact outside": (condition('"age > 60"'), "any", "列"),
    "members within members": (condition('"any(any(age > 60))"'), "any", "列"),
    "unknown function": (condition('"rnd(income) < P.line"'), "round", "列"),
    "too few arguments": (condition('"months_between(moved_in) > 3"'), "months_between", "列"),
    "a step that comes later": (RULES.replace(IS, f'is = "S.later"\n{LATER}'), "later", "rules.toml"),
    "an empty text": (condition('""'), "空", "rules.toml"),
    "a very deep text": (condition(f'"{"(" * 60}size > 1{")" * 60}"'), "套", "rules.toml"),
    "a very long text": (condition(f'"size > 1{" and size > 1" * 500}"'), "长", "rules.toml"),
    "a value for nobody": (RULES + '\n[[value]]\nparameter = "lin"\nis = 3\n', "line", "rules.toml"),
    "a place that is none": (RULES.replace("is = 900", 'is = 900\nplace = "99A1"'), "区划", "rules.toml"),
    "a name twice": (RULES + '\n[[parameter]]\nname = "line"\ntype = "money"\nlabel = "线"\n', "两遍", "line"),
    "a sentence with an unknown name": (RULES.replace(IF, f'{IF}\n  says = "收入 {{incom}} 元"'), "income", "rules.toml"),
    "a sentence with an open brace": (RULES.replace(IF, f'{IF}\n  says = "收入 {{income 元"'), "{", "rules.toml"),
    "an unknown unit of subject": (RULES.replace('unit = "household"', 'unit = "family"'), "household", "rules.toml"),
    "a table as one": (RULES.replace("[[programme]]", "[programme]"), "[[programme]]", "rules.toml"),
}  # fmt: skip


def check(folder: Path) -> tuple[int, dict[str, object]]:
    """`doudi rules check`, and that `doudi assess` refuses alike."""
    homes = folder.parent / "homes.csv"
    homes.write_text("id,size,income\na,3,100\n", encoding="utf-8")
    words = ["assess", str(homes), "--pack", str(folder), "--programme", "help", "--on", "2026-06-01", "--area", "", "--json"]
    asked = CliRunner().invoke(cli, words)
    checked = CliRunner().invoke(cli, ["rules", "check", "--pack", str(folder), "--json"])
    assert asked.exit_code == checked.exit_code == 2, (asked.output, checked.output)
    assert "Traceback" not in asked.output + checked.output
    return asked.exit_code, json.loads(asked.stdout)


def write(folder: Path, rules: str, facts: str = FACTS, about: str = 'name = "broken"\nlabel = "坏的"\n') -> Path:
    folder.mkdir()
    for name, text in (("pack.toml", about), ("facts.toml", facts), ("rules.toml", rules)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_without_a_mistake_it_is_understood(tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", RULES)
    assert CliRunner().invoke(cli, ["rules", "check", "--pack", str(folder)]).exit_code == 0


@pytest.mark.parametrize("kind", BROKEN)
def test_each_mistake_is_said_with_its_place(tmp_path: Path, kind: str) -> None:
    rules, said, where = BROKEN[kind]
    _, answer = check(write(tmp_path / "broken", rules))
    error = str(answer["error"])
    assert said in error and where in error and "broken/rules.toml" in error, error
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error) and "object" not in error and "NoneType" not in error, error


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ('name = "broken"\nlabel = "坏的"\nover = ["nowhere"]\n', "nowhere"),
        ('name = "broken"\nlabel = "坏的"\nover = "cn"\n', "over"),
        ('name = "broken"\n', "label"),
        ('name = "broken"\nlabel = "坏的"\n[money]\ncode = "X"\nunit = "x"\ndecimals = 9\n', "decimals"),
    ],
)
def test_a_pack_that_says_the_wrong_thing_of_itself(tmp_path: Path, about: str, said: str) -> None:
    _, answer = check(write(tmp_path / "broken", RULES, about=about))
    assert said in str(answer["error"])


def test_packs_that_lie_on_each_other_in_a_ring(tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", RULES, about=f'name = "broken"\nlabel = "坏的"\nover = ["{tmp_path / "other"}"]\n')
    write(tmp_path / "other", "", "", f'name = "other"\nlabel = "另一个"\nover = ["{folder}"]\n')
    _, answer = check(folder)
    assert "绕" in str(answer["error"])


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xfe\x00", "名称 = 甲\n".encode("gb18030"), b"[[programme]]\n" + b"x" * 2_100_000],
    ids=["bytes", "gb18030", "large"],
)
def test_files_that_are_no_text(tmp_path: Path, raw: bytes) -> None:
    folder = write(tmp_path / "broken", RULES)
    (folder / "rules.toml").write_bytes(raw)
    _, answer = check(folder)
    assert "rules.toml" in str(answer["error"])


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", condition('"incom < P.line"').replace("is = 900", 'is = "九百"'))
    result = CliRunner().invoke(cli, ["rules", "check", "--pack", str(folder), "--json"])
    mistakes = json.loads(result.stdout)["mistakes"]
    assert len(mistakes) == 2 and all(one["file_line"] for one in mistakes)
