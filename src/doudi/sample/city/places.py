"""Places of the made-up city: the structure of a real one, invented names, codes beginning with 99 that no place has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doudi.sample.city.plan import Plan

CITY, CITY_LABEL = "990100", "禾安市"
_COUNTIES = (
    "禾安县",
    "临河县",
    "云麓区",
    "望川区",
    "沐阳区",
    "青禾县",
    "长汀湾区",
    "东麓县",
    "西浦区",
    "南屏岭县",
    "北渠区",
    "新垦区",
    "归林县",
)
_FIRST = (
    "柳青石桥清白桃杏松竹梅兰荷莲云霞星月春秋晴雨霜溪泉河湖塘沙金银铜玉珠古新安平宁康"
    "乐丰盛和顺永长高远红黄碧紫丹凤龙鹤燕雁鹿羊牛马枫榆槐桑麦稻禾谷棉茶"
)
_TOWN = "塘石河溪口桥坪坡湾岭川原台岗滩寨庄铺营堡店泉湖林场峪沟"
_VILLAGE = "磨头湾沟坡坪岭畔台堡寨庄屯圪塬峁洼店铺桥口井窑院园里岔"
_COMMUNITY = (
    "安居",
    "和苑",
    "新苑",
    "康宁",
    "乐居",
    "惠民",
    "春晖",
    "秋实",
    "东园",
    "西园",
    "南苑",
    "北苑",
    "书香",
    "福源",
    "德馨",
    "同心",
)


@dataclass(frozen=True)
class Places:
    """All areas, and the villages people live in."""

    rows: list[tuple[str, str, str, str, str]]  # code, label, kind, parent, place_kind
    code: np.ndarray  # villages: 12 digits, as integers
    label: np.ndarray
    township: np.ndarray  # position in townships
    urban: np.ndarray
    weight: np.ndarray
    township_code: np.ndarray
    township_label: np.ndarray
    county_code: np.ndarray  # by township
    county_label: np.ndarray  # by township


def _labels(rng: np.random.Generator, count: int, firsts: str, seconds: str, tail: str, taken: set[str]) -> list[str]:
    """So many different invented names; three characters once two are used up."""
    found: list[str] = []
    while len(found) < count:
        two = firsts[rng.integers(len(firsts))] + seconds[rng.integers(len(seconds))]
        label = (two if len(taken) < 400 else firsts[rng.integers(len(firsts))] + two) + tail
        if label not in taken:
            taken.add(label)
            found.append(label)
    return found


def make_places(plan: Plan) -> Places:
    """The city's counties, townships and villages; a smaller profile has the first township only."""
    rng = plan.stream("places")
    figures = plan.figures["places"]
    streets, towns = figures["streets"], figures["towns"]
    kinds = np.array(["街道"] * (streets - 1) + ["镇"] * (towns - 1))
    rng.shuffle(kinds)
    kinds = np.concatenate([["镇"], kinds, ["街道"]])
    county_of = np.sort(
        np.concatenate(
            [np.arange(figures["counties"]), rng.integers(0, figures["counties"], streets + towns - figures["counties"])]
        )
    )
    size = np.clip(np.round(np.exp(rng.normal(np.log(16.5), 0.45, len(kinds)))), 4, 87).astype(int)
    is_street = kinds == "街道"
    communities = _shared_out(np.where(is_street, size * 0.62, size * 0.12), figures["communities"], np.where(is_street, 1, 1))
    villages = _shared_out(np.maximum(size - communities, 0.4), figures["villages"], np.where(is_street, 0, 3))
    taken: set[str] = set()
    labels = ["柳塘镇" if at == 0 else "" for at in range(len(kinds))]
    for at in range(1, len(kinds)):
        labels[at] = _labels(rng, 1, _FIRST, _TOWN, str(kinds[at]), taken)[0]
    in_county = np.zeros(figures["counties"], int)
    rows = [(CITY, CITY_LABEL, "city", "", "")]
    rows += [(f"9901{at + 1:02d}", label, "county", CITY, "") for at, label in enumerate(_COUNTIES)]
    code, label, of, urban, weight, t_code = [], [], [], [], [], []
    for at in range(len(kinds)):
        county = int(county_of[at])
        in_county[county] += 1
        here = f"9901{county + 1:02d}{in_county[county]:03d}"
        t_code.append(here)
        rows.append((here, labels[at], "township", here[:6], "urban" if is_street[at] else "rural"))
        names: set[str] = set()
        for place, first, many in (("urban", 1, communities[at]), ("rural", 201, villages[at])):
            for number in range(int(many)):
                if place == "urban":
                    name = _FIRST[int(rng.integers(len(_FIRST)))] + _COMMUNITY[int(rng.integers(len(_COMMUNITY)))] + "社区"
                    while name in names:
                        name = _FIRST[int(rng.integers(len(_FIRST)))] + name
                elif at == 0 and number < 2:
                    name = ("石磨村", "桥头村")[number]
                else:
                    name = _labels(rng, 1, _FIRST, _VILLAGE, "村", names)[0]
                names.add(name)
                code.append(int(f"{here}{first + number:03d}"))
                label.append(name)
                of.append(at)
                urban.append(place == "urban")
                weight.append(float(np.exp(rng.normal(0, 0.6))))
                rows.append((str(code[-1]), name, "village", here, place))
    kept = np.ones(len(code), bool) if plan.whole else np.array(of) == 0
    if not plan.whole:
        rows = [row for row in rows if row[2] in ("city", "county") or row[0].startswith(t_code[0])]
    return Places(
        rows=rows,
        code=np.array(code)[kept],
        label=np.array(label, object)[kept],
        township=np.array(of)[kept],
        urban=np.array(urban)[kept],
        weight=np.array(weight)[kept],
        township_code=np.array(t_code, object),
        township_label=np.array(labels, object),
        county_code=np.array([one[:6] for one in t_code], object),
        county_label=np.array([_COUNTIES[one] for one in county_of], object),
    )


def _shared_out(want: np.ndarray, total: int, least: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to `want`, none below `least`, together exactly `total`."""
    free = total - int(least.sum())
    exact = want / want.sum() * free
    found = np.floor(exact).astype(int)
    rest = free - int(found.sum())
    found[np.argsort(found - exact, kind="stable")[:rest]] += 1
    return found + least
