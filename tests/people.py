"""The cast everybody knows: granny Wang and her grandson, Clerk Li of the township, Officer Zhao of the county, Auditor Chen."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings

from doudi.office.core import Party, Role, mask_name
from doudi.office.models import Area, Clerk, Post
from doudi.office.sealing import blind
from doudi.registry.models import Household, Member, Person
from doudi.registry.queries import short_blind

HERE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=HERE)
CITY, COUNTY, TOWNSHIP, VILLAGE = "990100", "990101", "990101001", "990101001201"
OTHER_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE = "990102", "990101002", "990101001202"
HALL = Party.system("hall")  # who sets the stage in tests
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

PLACES = (
    (CITY, "禾安市", "city", "", ""),
    (COUNTY, "禾安县", "county", CITY, ""),
    (OTHER_COUNTY, "临河县", "county", CITY, ""),
    (TOWNSHIP, "柳塘镇", "township", COUNTY, "rural"),
    (OTHER_TOWNSHIP, "青石镇", "township", COUNTY, "rural"),
    (VILLAGE, "石磨村", "village", TOWNSHIP, "rural"),
    (OTHER_VILLAGE, "桥头村", "village", TOWNSHIP, "rural"),
)


def number_of(area: str, born_on: date, order: int) -> str:
    """A citizen number with a right check digit, of a region nobody lives in."""
    body = f"{area[:6]}{born_on:%Y%m%d}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def pid_of(number: str) -> str:
    """The id the register gives the person with this number."""
    return "p" + sha256(f"{settings.LINKING_KEY}:{number}".encode()).hexdigest()[:20]


def places() -> None:
    """The division: the city, two counties, two townships, two villages."""
    Area.objects.bulk_create(
        [Area(code=code, label=label, kind=kind, parent=parent, place_kind=of) for code, label, kind, parent, of in PLACES],
        ignore_conflicts=True,
    )


def clerk(username: str, name: str, role: Role, area: str) -> Clerk:
    """A clerk with one post since the first day of the year; the same clerk when asked twice. Password: doudi-demo-2026.

    A helper of another department is the education department's.
    """
    places()
    found = Clerk.objects.filter(username=username).first()
    if found is None:
        found = Clerk(username=username, name=name)
        found.password = PASSWORD
        found.save()
        department = "education" if role == Role.SERVICE else ""
        Post.objects.create(clerk=found, role=role, area=area, department=department, from_on=date(2026, 1, 1))
    return found


# doudi-demo-2026, hashed once; tests use the quick hash (trial_settings)
PASSWORD = "md5$people$310a24b3b76fa5ec211c0cdd9589d2fe"


def clerk_li() -> Clerk:
    """The township's officer."""
    return clerk("li", "李敏", Role.TOWNSHIP, TOWNSHIP)


def clerk_sun() -> Clerk:
    """A colleague in the neighbouring township, who has no business here."""
    return clerk("sun", "孙伟", Role.TOWNSHIP, OTHER_TOWNSHIP)


def officer_zhao() -> Clerk:
    """Who confirms for the county."""
    return clerk("zhao", "赵建国", Role.COUNTY, COUNTY)


def auditor_chen() -> Clerk:
    """Who watches over the county's work."""
    return clerk("chen", "陈静", Role.AUDITOR, COUNTY)


def worker_wang() -> Clerk:
    """The village's helper."""
    return clerk("wang", "王秀英", Role.VILLAGE, VILLAGE)


def checker_he() -> Clerk:
    """The county's verification body."""
    return clerk("he", "何平", Role.VERIFICATION, COUNTY)


def keeper_wu() -> Clerk:
    """Who looks after the data."""
    return clerk("wu", "吴强", Role.DATA, COUNTY)


def director_lin() -> Clerk:
    """Head of the county's office; signs payments."""
    return clerk("lin", "林主任", Role.DIRECTOR, COUNTY)


def person(name: str, born_on: date, *, sex: str = "2", order: int = 1, area: str = VILLAGE, phone: str = "") -> Person:
    """A person in the database; the same one when asked twice."""
    number = number_of(area, born_on, order)
    pid = pid_of(number)
    return Person.objects.filter(pid=pid).first() or Person.objects.create(
        pid=pid,
        name=name,
        masked_name=mask_name(name),
        citizen_no=number,
        number_blind=blind(number),
        short_blind=short_blind(name, number),
        phone=phone,
        sex=sex,
        born_on=born_on,
        area=area,
        kept_at=NOON,
        kept_by="system:hall",
    )


def household(hid: str, *members: tuple[Person, str]) -> Household:
    """A household of these people, as the register says."""
    home, new = Household.objects.get_or_create(
        hid=hid, defaults={"area": members[0][0].area, "kept_at": NOON, "kept_by": "system:hall"}
    )
    if new:
        for one, relation in members:
            Member.objects.create(
                household=home, person=one, relation=relation, source="register", from_on=date(2026, 6, 30),
                kept_at=NOON, kept_by="system:hall",
            )  # fmt: skip
    return home


def granny_wang() -> Person:
    """王桂兰, 78, of 石磨村; lives with her grandson."""
    places()
    granny = person("王桂兰", date(1948, 3, 5), order=22, phone="13912345678")
    household("h" + "1" * 20, (granny, "self"), (grandson_wang(), "grandchild"))
    return granny


def grandson_wang() -> Person:
    """王小宝, 12, goes to school in the township."""
    return person("王小宝", date(2014, 2, 28), sex="1", order=13)


def uncle_zhou() -> Person:
    """周德顺, 66, of 桥头村 next door; lives alone."""
    places()
    uncle = person("周德顺", date(1960, 1, 9), sex="1", order=31, area=OTHER_VILLAGE, phone="13800001111")
    household("h" + "2" * 20, (uncle, "self"))
    return uncle
