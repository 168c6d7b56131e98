"""Everything planted, written into the truth: who should be found, by which check or warning, and who must not be accused."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from doudi.sample.city.departments.base import City
from doudi.sample.city.lives import NEVER
from doudi.sample.city.plan import choose, read_toml
from doudi.sample.city.tables import Table
from doudi.sample.city.truth import Truth, dates
from doudi.sample.city.world import NEAR

# the columns of clean feeds that warnings.toml speaks of
_SPOKEN = {
    "dibao": ("topup_month", "area_code", "household_no"),
    "tekun": ("support_form", "care_grade", "carer_name"),
    "custody": ("kind", "from_date", "to_date"),
    "insurance": ("event", "event_date", "base"),
    "business": ("status",),
    "vehicle": ("class", "status"),
    "dwelling": ("event", "event_date"),
    "disability_certificate": ("status", "grade", "valid_to", "issued_date"),
    "medical_cost": ("period", "self_paid", "assisted"),
    "student": ("aided", "term"),
    "housing": ("kind", "grade", "renovated"),
    "disaster": ("event_date", "loss", "relief"),
    "disease": ("serious", "since"),
    "marriage": ("event", "event_date"),
    "hukou": ("status", "status_date"),
    "unemployed": ("since", "on_benefit"),
    "medical_enrolment": ("insured", "subsidised"),
    "school_enrolment": ("enrolment",),
    "rehabilitation": ("from_date",),
    "housing_application": ("applied_date", "condition", "progress"),
    "job_service": ("service_date",),
    "price_subsidy": ("owed_month",),
    "housing_fund": ("fund_event", "event_date"),
    "public_payroll": ("from_date", "to_date"),
    "distress_report": ("channel", "reported_date", "consented"),
    "case_record": ("step", "step_date", "due_date"),
    "referral": ("referred_date", "answered_date"),
}
_DAYS = {
    *("from_date", "to_date", "event_date", "valid_to", "issued_date", "since", "status_date", "applied_date", "service_date"),
    *("reported_date", "step_date", "due_date", "referred_date", "answered_date"),
}


class Clean:
    """What departments would have written without mistakes, as far as warnings need it."""

    def __init__(self) -> None:
        self.tables: dict[str, pa.Table] = {}

    def keep(self, table: Table) -> None:
        """Remember a feed before it is spoilt."""
        if table.dataset in _SPOKEN:
            columns = {name: table.columns[name] for name in _SPOKEN[table.dataset]}
            people = {"person": pa.array(table.who.astype(np.int32))}
            if table.spouse is not None:
                people["spouse"] = pa.array(table.spouse.astype(np.int32))
            self.tables[table.dataset] = pa.table({**people, **columns})


def tell(city: City, truth: Truth, clean: Clean) -> None:
    """Write all findings."""
    _p1(city, truth)
    _kinds(city, truth)
    _warnings(city, truth, clean)


def _p1(city: City, truth: Truth) -> None:
    lives = city.lives
    left, wrong = lives.sets["p1 left"], lives.sets["p1 record error"]
    for kind in ("plain", "N1", "N2", "N5", "C1", "N4"):
        who = lives.sets[f"p1 {kind}"]
        rest = np.setdiff1d(who, np.concatenate([left, wrong]))
        truth.find("P1", rest, code=kind, dataset="tekun", outcome="stop")
        for cause, part in (("left Tekun that month", left), ("record error", wrong)):
            truth.find("P1", np.intersect1d(who, part), code=kind, dataset="tekun", outcome="explained", cause=cause)
    truth.find(
        "P1", lives.sets["p1 shared"], code="plain", dataset="tekun", outcome="explained", cause="two persons on one number",
        other=lives.sets["p1 shared holder"],
    )  # fmt: skip


def _kinds(city: City, truth: Truth) -> None:
    """T1 to T11."""
    world, lives, plan = city.world, city.lives, city.plan
    for kind in ("event", "points", "nowhere"):
        truth.find("T1", world.of_homes(lives.sets[f"t1 {kind} homes"]), code=kind)
    truth.find("T2", world.of_homes(lives.sets["t2 homes"]))
    for kind in ("nursing", "living", "old_age", "student", "medical", "unattended"):
        truth.find("T3", lives.sets[f"t3 {kind}"], code=kind)
    for kind in ("visible", "review"):
        truth.find("T4", world.of_homes(lives.sets[f"t4 {kind} homes"]), code=kind, outcome="end")
    for kind in ("vehicle", "dwelling", "firm", "deposits"):
        truth.find("T5", world.of_homes(lives.sets[f"t5 {kind} homes"]), code=kind, outcome="end")
    for kind, where in (("death", "death"), ("hukou", "hukou"), ("visit", "")):
        truth.find("T6", lives.sets[f"t6 {kind}"], code=kind, dataset=where, outcome="stop")
    for kind in ("dibao_tekun", "two_places", "urban_rural", "child_benefits"):
        truth.find("T7", lives.sets[f"t7 {kind}"], code=kind, outcome="stop")
    alive = lives.died == NEVER
    allowed = world.everybody(lives.living & lives.nursing & (world.tier <= NEAR) & alive)
    both = np.intersect1d(lives.members["old_age_allowance"], lives.members["dibao"])
    pool = np.setdiff1d(np.union1d(allowed, both[alive[both]]), lives.members["tekun"])
    pool = np.setdiff1d(pool, lives.members["child_benefit"])
    truth.find("T8", choose(plan.stream("t8"), pool, min(plan.of("t8", "allowed"), len(pool))), true=False)
    for kind, cause in (
        ("name_twin", "somebody else of the same name owns it"), ("sold_car", "sold, still registered"),
        ("joint_account", "joint account"), ("firm_unknown", "firm in their name without their knowledge"),
    ):  # fmt: skip
        other = lives.sets["t9 owners"] if kind == "name_twin" else None
        truth.find("T9", lives.sets[f"t9 {kind}"], code=kind, cause=cause, true=False, other=other)
    truth.find("T10", world.of_homes(lives.sets["t10 homes"]))
    truth.find("T11", world.of_homes(lives.sets["t11 homes"]))


def _people(city: City) -> pa.Table:
    """One row a person: what the registers together would say without mistakes."""
    world, lives, today = city.world, city.lives, city.plan.today
    n = world.count

    def among(who: np.ndarray) -> np.ndarray:
        found = np.zeros(n, bool)
        found[who] = True
        return found

    in_death = among(lives.members["death"])
    recorded = np.where(in_death, lives.died, np.where(among(lives.members["hukou"]), lives.cancelled, NEVER))
    tekun = among(np.setdiff1d(lives.members["tekun"], lives.sets["r4 tekun"]))
    near = among(np.setdiff1d(lives.members["near_dibao"], lives.sets["r4 near_dibao"]))
    rigid = among(np.setdiff1d(lives.members["rigid_expenditure"], lives.sets["r4 rigid_expenditure"]))
    dibao, old, child = (among(lives.members[name]) for name in ("dibao", "old_age_allowance", "child_benefit"))
    born = world.born.astype("datetime64[D]")
    day = np.datetime64(int(today), "D")
    later = (day - day.astype("datetime64[M]")).astype(int) < (born - born.astype("datetime64[M]")).astype(int)
    months = day.astype("datetime64[M]").astype(int) - born.astype("datetime64[M]").astype(int) - later
    listed = dibao | tekun | near | rigid
    columns = {
        "person": np.arange(n, dtype=np.int32),
        "home": world.home.astype(np.int32),
        "age": world.age,
        "months": months,
        **{"on_dibao": dibao, "on_tekun": tekun, "on_near": near, "rigid": rigid, "old_age": old, "child": child},
        **{"listed": listed, "helped": dibao | tekun | near, "single": world.single},
        **{"living": lives.living, "nursing": lives.nursing, "serious": lives.serious},
        "paid": dibao | tekun | lives.living | lives.nursing | old | child,
        "disability_grade": lives.grade,
        "disability_kind": lives.kind,
        "disabled": (lives.kind > 0) & ~among(lives.sets["certificate expired"]) & ~among(lives.sets["certificate cancelled"]),
        # who is buried and whom the household register still has: another warning than for deaths it knows of
        "buried_only": in_death & among(lives.members["hukou"]) & (lives.cancelled == NEVER),
        "moved": among(world.facts["moved"]),
    }
    return pa.table({name: pa.array(values) for name, values in columns.items()} | {"recorded_on": dates(recorded)})


def _warnings(city: City, truth: Truth, clean: Clean) -> None:
    told = read_toml("warnings.toml")
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        con.register("people", _people(city))
        con.register("chosen", _chosen(city))
        for dataset, table in clean.tables.items():
            con.register(f"raw_{dataset}", table)
            parts = [f"{name}::DATE AS {name}" if name in _DAYS else f'"{name}"' for name in _SPOKEN[dataset]]
            if dataset == "medical_cost":
                parts = [
                    "(period || '-01')::DATE AS period",
                    "self_paid",
                    "assisted",
                    "max((period || '-01')::DATE) OVER (PARTITION BY person) AS newest",
                ]
            con.execute(f"CREATE VIEW {dataset} AS SELECT DISTINCT person, {', '.join(parts)} FROM raw_{dataset}")
        con.execute(
            "CREATE VIEW wedded AS SELECT person, event, event_date::DATE AS event_date FROM raw_marriage "
            "UNION ALL SELECT spouse, event, event_date::DATE FROM raw_marriage"
        )
        for code, sql in told["sql"].items():
            rows = con.execute(
                f"SELECT DISTINCT person FROM ({sql.replace('$on', repr_date(city))}) ORDER BY person"
            ).fetchnumpy()["person"]
            found = np.asarray(rows, dtype=np.int64)
            innocent = told["innocent"].get(code)
            excused = np.intersect1d(found, city.lives.sets[innocent["set"]]) if innocent else found[:0]
            truth.find("warning", np.setdiff1d(found, excused), code=code)
            if innocent:
                truth.find("warning", excused, code=code, cause=innocent["cause"], outcome="innocent")


def _chosen(city: City) -> pa.Table:
    """Who was planted for one warning alone: code, person."""
    planted = {name.removeprefix("fires "): who for name, who in city.lives.sets.items() if name.startswith("fires ")}
    codes = [code for code, who in planted.items() for _ in who]
    return pa.table(
        {"code": pa.array(codes, pa.string()), "person": pa.array(np.concatenate(list(planted.values())).astype(np.int32))}
    )


def repr_date(city: City) -> str:
    """The snapshot day as SQL."""
    return f"DATE '{city.plan.as_of}'"
