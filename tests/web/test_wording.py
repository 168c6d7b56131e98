"""The words on pages for people: none of the words that label, frighten or hide who does what (design, section 6)."""

import re
from pathlib import Path

import pytest

import doudi.web

WEB = Path(doudi.web.__file__).parent
BANNED = (
    "受理",
    "审核确认",
    "不予确认",
    "家庭经济状况核对",
    "共同生活家庭成员",
    "刚性支出",
    "异议",
    "贫困户",
    "低保户",
    "弱势群体",
    "困难群众",
    "骗保",
    "不诚信",
    "异常人员",
    "逾期视为放弃",
    "动态监测",
    "监护人",
    "授权委托",
    "资格认证",
    "系统错误",
    "网络异常",
    "操作失败",
    "佐证材料",
    "请上传",
    "确定",
    "取消",
    "不符合",
)
NAMED_BY_LAW = "刚性支出困难家庭认定"  # what one asks for has the law's name, and no other
PUBLIC = sorted(path for folder in ("public", "phone", "parts") for path in (WEB / folder).rglob("*.html"))
SAYING = [*sorted(path for folder in ("public", "phone") for path in (WEB / folder).rglob("*.py")), WEB / "parts/words.py"]


def test_there_are_pages_to_read():
    assert len(PUBLIC) > 20


@pytest.mark.parametrize("path", PUBLIC + SAYING, ids=lambda path: str(path.relative_to(WEB)))
def test_no_banned_word(path):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S).replace(NAMED_BY_LAW, "")
    assert [word for word in BANNED if word in text] == []


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(WEB)))
def test_no_inline_script_or_style(path):
    """The content policy would refuse them; an old phone would say nothing."""
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize("path", sorted((WEB / "static/css").glob("*.css")), ids=lambda path: path.name)
def test_public_css_is_plain(path):
    """Old phones drop the whole block that holds something they cannot read."""
    if path.name == "desk.css":
        return
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert not re.search(r"@layer|@container|:has\(|:is\(|:where\(|oklch|color-mix|(?<![-\w])gap:|\binset:|&\s*[.:{]", text)


def test_script_stays_small():
    own = [path for path in (WEB / "static/js").glob("*.js") if not path.name.endswith(".min.js")]
    assert sum(len(path.read_text().splitlines()) for path in own) <= 600
