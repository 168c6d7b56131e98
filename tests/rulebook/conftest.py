"""A small law of its own: most tests of changes need no more, and it is read in no time."""

from pathlib import Path

import pytest

LAW = """
[[fact]]
name = "age"
subject = "person"
type = "count"
unit = "years"
label = "年龄"

[[fact]]
name = "is_disabled"
subject = "person"
type = "flag"
label = "持有效残疾人证"

[[fact]]
name = "hh_members"
subject = "household"
type = "count"
unit = "heads"
label = "共同生活人数"

[[fact]]
name = "hh_income_month"
subject = "household"
type = "money"
label = "家庭月收入"

[[fact]]
name = "hh_place_kind"
subject = "household"
type = "code"
label = "城镇还是农村"
codes = { urban = "城镇", rural = "农村" }

[[parameter]]
name = "dibao_standard"
type = "money"
label = "低保标准（每人每月）"
by = "hh_place_kind"
set_by = ["province", "city"]

[[value]]
parameter = "dibao_standard"
place = "9901"
is = { urban = 850, rural = 690 }
from = 2025-07-01
source = "市里 2025 年标准"

[[parameter]]
name = "line"
type = "count"
unit = "points"
label = "到几分提醒"

[[value]]
parameter = "line"
is = 4

[[programme]]
code = "dibao"
label = "低保"
unit = "household"
from = 2020-01-01
article = "D57 Art. 13、14"

  [[programme.condition]]
  name = "income"
  if = "hh_income_month < P.dibao_standard * hh_members"
  says = "收入低于标准"
  says_not = "收入不低于标准"
  says_unknown = "收入还不知道"

  [[programme.amount]]
  name = "gap"
  is = "P.dibao_standard * hh_members - hh_income_month"

[[indicator]]
code = "A01"
label = "一户多残"
subject = "household"
mode = "points"
level = "O"
threshold = "P.line"
from = 2020-01-01
says = "家里有残疾人"
innocent = ["可能已经在救助"]

  [[indicator.clause]]
  name = "several"
  if = "count(is_disabled) >= 1"
  weight = 3
"""


@pytest.fixture(autouse=True)
def small_law(tmp_path: Path, settings: object) -> None:
    """The house runs on the small law."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "pack.toml").write_text('name = "small"\nlabel = "小规则"\n', encoding="utf-8")
    (folder / "rules.toml").write_text(LAW, encoding="utf-8")
    settings.PACKS = [str(folder)]  # type: ignore[attr-defined]
