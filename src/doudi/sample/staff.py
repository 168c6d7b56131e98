"""The demo's clerks: one for each role, in 柳塘镇 of 禾安县; they share one printed password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from doudi.office import actions, queries
from doudi.office.core import Party, Role

PASSWORD = settings.DEMO_PASSWORD
COUNTY, TOWNSHIP, VILLAGE, CITY = "990101", "990101001", "990101001201", "990100"


@dataclass(frozen=True, slots=True)
class Member:
    """One clerk of the demo."""

    username: str
    name: str
    role: Role
    area: str
    does: str
    phone: str = ""
    department: str = ""  # code of the department somebody of a department works for


STAFF = (
    Member("li", "李明", Role.TOWNSHIP, TOWNSHIP, "收申请、核实、写初步意见、看预警"),
    Member("zhao", "赵志刚", Role.COUNTY, COUNTY, "县里定下来；生成发放名册"),
    Member("sun", "孙丽", Role.COUNTY, COUNTY, "复核发放名册（第二个人）"),
    Member("wang", "王秀英", Role.VILLAGE, TOWNSHIP, "走访", phone="0990-5550117"),
    Member("gao", "高远", Role.VERIFICATION, CITY, "看核对结果和批量核对；寄信函、录答复"),
    Member("qiao", "乔静", Role.VERIFICATION, CITY, "核对录入的书面答复（第二个人）"),
    Member("shu", "舒文", Role.DATA, CITY, "看各部门送来的数据和退回的行"),
    Member("he", "何静", Role.DATA, CITY, "只看、只改残联自己的数据，答复校核申请", department="disabled_federation"),
    Member("xue", "薛老师", Role.SERVICE, CITY, "教育局的：办转来的上学的事，查救助身份", department="education"),
    Member("chen", "陈静", Role.AUDITOR, CITY, "从头看一件事，自己验证"),
    Member("jiang", "江涛", Role.DIRECTOR, CITY, "一张图；批规则变更"),
    Member("tang", "唐颖", Role.DIRECTOR, CITY, "看规则、改市里定的数（由另一个人批）"),
)


def appoint_all(*, at: datetime) -> int:
    """Hire and appoint whoever of the demo's staff is not there yet; how many were new."""
    by = Party.system("demo")
    new = 0
    for member in STAFF:
        if queries.clerk(member.username) is not None:
            continue
        clerk = actions.hire(username=member.username, name=member.name, password=PASSWORD, phone=member.phone, by=by, at=at)
        post = {"role": member.role, "area": member.area, "department": member.department}
        actions.appoint(clerk=clerk, **post, from_on=date(2026, 1, 1), by=by, at=at)
        new += 1
    return new
