"""Who may do what: roles, posts in areas, the permission table, who may not decide twice, and how names are masked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class NotAllowed(Exception):
    """Somebody tried what their post, their area or their own earlier step does not allow; the text says so to them."""


class TooMany(NotAllowed):
    """Too many codes were asked for; the text says how long to wait."""


class BadPaper(NotAllowed):
    """A file that cannot be kept as a paper; the text says why, and what to hand in instead."""


class CouldNotSend(Exception):
    """A gateway could not hand a message over; it is tried again."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a gateway sends. `ref` is its idempotency key: the same ref twice must reach the person once."""

    ref: str
    channel: str
    phone: str
    pid: str
    body: str


class Role(StrEnum):
    """What a post is for; a resident has no post and no role but this one."""

    RESIDENT = "resident"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    VERIFICATION = "verification"
    DATA = "data"
    AUDITOR = "auditor"
    DIRECTOR = "director"
    SERVICE = "service"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.RESIDENT: "本人",
    Role.VILLAGE: "村（社区）帮办员",
    Role.TOWNSHIP: "乡镇（街道）经办人",
    Role.COUNTY: "县级民政审核人",
    Role.VERIFICATION: "核对机构人员",
    Role.DATA: "数据管理员",
    Role.AUDITOR: "监督检查人员",
    Role.DIRECTOR: "负责人",
    Role.SERVICE: "部门救助经办人",
}

_V, _T, _C = Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY
_N, _D, _A, _R = Role.VERIFICATION, Role.DATA, Role.AUDITOR, Role.DIRECTOR
_S = Role.SERVICE  # another department's own people: they see what was sent to their department, and nothing else

# act → (label, roles whose posts allow it). The label is what people read in the record of who looked.
ACTS: dict[str, tuple[str, frozenset[Role]]] = {
    act: (label, frozenset(roles))
    for act, label, roles in (
        ("desk.today", "打开今天的工作", (_V, _T, _C, _N, _D, _A, _R, _S)),
        # people and households
        ("person.find", "查找一个人", (_V, _T, _C, _N)),
        ("person.read", "查看个人和家庭信息", (_T, _C, _N, _A)),
        ("register.list", "查看低收入人口名册", (_T, _C, _A)),
        ("register.export", "导出低收入人口名册", (_T, _C)),
        ("person.tell", "登记数据里没有的人", (_V, _T, _C)),
        ("pair.list", "查看像是同一个人的记录", (_T, _C, _D)),
        ("pair.settle", "判断是不是同一个人", (_T, _C, _D)),
        ("number.explain", "登记没有身份证号的原因", (_V, _T, _C)),
        ("household.read", "查看家庭信息", (_T, _C, _N, _A)),
        ("household.keep", "登记家庭信息", (_V, _T, _C, _N)),
        ("household.correct", "更正家庭成员", (_T, _C)),
        ("event.report", "登记家庭变化", (_V, _T, _C)),
        ("event.confirm", "核实家庭变化", (_T, _C)),
        ("consent.record", "登记同意", (_V, _T, _C)),
        ("request.list", "处理个人信息请求", (_T, _C, _A)),
        ("request.answer", "答复个人信息请求", (_T, _C)),
        # cases
        ("case.list", "办理救助申请", (_T, _C, _A)),
        ("case.read", "查看案卷", (_T, _C, _A)),
        ("case.register", "登记来访群众的申请", (_V, _T, _C)),
        ("form.keep", "收下纸质申请", (_V, _T, _C)),
        ("mandate.keep", "登记代办委托", (_V, _T, _C)),
        ("call.take", "接听来电", (_T, _C)),
        ("outreach.take", "接收部门转来的人", (_T, _C)),
        ("outreach.work", "联系部门转来的人", (_V, _T, _C)),
        ("case.accept", "受理申请", (_T,)),
        ("case.ask", "一次告知要补的材料", (_T,)),
        ("case.survey", "入户调查", (_V, _T, _C)),
        ("case.propose", "提出初审意见", (_T,)),
        ("case.show", "办理公示", (_T, _C)),
        ("case.object", "登记公示异议", (_T, _C)),
        ("case.board", "拍下村里的公示栏", (_V, _T, _C)),
        ("case.appraise", "组织民主评议", (_T,)),
        ("case.consult", "记录一事一议", (_C,)),
        ("case.decide", "审核确认", (_C,)),
        ("case.decide_here", "受委托审核确认", (_T,)),
        ("case.draw", "抽查抽号", (_C,)),
        ("case.help_first", "急难先行救助", (_T,)),
        ("case.complete", "补齐急难救助材料", (_T,)),
        ("care.assess", "评估生活自理能力", (_V, _T, _C)),
        ("care.keep", "登记供养方式和协议", (_T, _C)),
        ("kin.list", "查看近亲属备案", (_T, _C, _A, _R)),
        ("elsewhere.list", "查看外地协助", (_T, _C, _A)),
        ("elsewhere.ask", "请外地协助", (_T, _C)),
        ("elsewhere.answer", "答复外地的协助请求", (_T, _C)),
        ("case.review", "动态复核", (_T, _C)),
        # help in force
        ("benefit.list", "查看正在领的救助", (_T, _C, _A)),
        ("benefit.tell", "登记领救助的家庭有什么变化", (_V, _T, _C)),
        ("benefit.follow", "停了以后问一问过得怎么样", (_V, _T, _C)),
        ("adjustment.propose", "提出改、停、接着发", (_T, _C)),
        ("adjustment.hear", "少发、停发以前听本人意见", (_T, _C)),
        ("adjustment.decide", "定下改、停、接着发", (_C,)),
        ("question.ask", "问一问和查到的不一样的地方", (_V, _T)),
        # papers, letters and the file of a household
        ("paper.print", "打印案卷里的纸", (_T, _C)),
        ("paper.scan", "交回签好的纸", (_V, _T, _C)),
        ("letter.serve", "登记信送到了没有", (_V, _T, _C)),
        ("file.read", "查看一户一档", (_T, _C, _A)),
        ("file.export", "导出一户一档", (_T, _C, _A)),
        ("file.retire", "批准到期销毁案卷材料", (_C, _R)),
        # means checks
        ("check.request", "发起家庭经济状况核对", (_T, _C)),
        ("check.again", "重新问一个来源", (_T, _C, _N)),
        ("check.read", "查看核对报告", (_T, _C, _N, _A)),
        ("check.issue", "出具核对报告", (_T, _C, _N)),
        ("check.answer", "办理核对", (_N,)),
        ("source.list", "查看核对来源", (_C, _N, _D, _A)),
        ("source.keep", "管理核对来源", (_N, _D)),
        ("authorisation.read", "查看核对授权书", (_T, _C, _N, _A)),
        ("paper.read", "查看材料原件", (_T, _C, _N, _A)),
        ("place.list", "查看和外地的核对往来", (_T, _C, _N, _A)),
        ("place.read", "查看可以互相询问的地方", (_C, _N, _D, _A, _R)),
        ("place.keep", "管理可以互相询问的地方", (_D,)),
        ("place.check", "核对另一个地方的名片指纹", (_D, _N, _R)),
        ("place.answer", "答复外地的核对询问", (_C, _N)),
        ("place.standing", "定哪些外地询问可以直接答复", (_C, _N, _R)),
        ("check.batch", "批量核对在享人员", (_N, _C, _A)),
        ("objection.open", "登记对核对报告的不同意见", (_V, _T, _C, _N)),
        ("objection.list", "查看对核对报告的不同意见", (_T, _C, _N, _A)),
        ("objection.handle", "重新核对有不同意见的报告", (_T, _C, _N)),
        ("order.read", "查看核对任务单", (_N, _C, _A, _R)),
        ("order.draft", "起草核对任务单", (_N, _C, _R)),
        ("order.approve", "审批核对任务单", (_C, _R)),
        ("anomaly.read", "查看批量核对出来的疑点", (_T, _N, _C, _A)),
        ("anomaly.work", "处理批量核对出来的疑点", (_N, _C)),
        ("anomaly.close", "写明疑点的原因", (_T, _N, _C, _A)),
        # warnings and visits
        ("alert.list", "处理预警", (_T, _C, _A)),
        ("alert.read", "查看预警", (_V, _T, _C, _A)),
        ("alert.assign", "安排走访", (_T, _C)),
        ("alert.dismiss", "说明预警不用处理", (_T, _C)),
        ("visit.list", "走访", (_V, _T, _C)),
        ("visit.record", "记录走访", (_V, _T, _C)),
        # money
        ("payment.list", "办理发放", (_C, _A, _R)),
        ("payment.read", "查看发放记录", (_T, _C, _A, _R)),
        ("payment.build", "生成发放批次", (_C,)),
        ("payment.approve", "审批发放批次", (_C, _R)),
        ("payment.send", "送银行发放", (_C,)),
        ("payment.hold", "暂缓发放", (_C,)),
        ("payment.close", "对账和封账", (_C,)),
        ("claim.decide", "决定多发的钱怎么办", (_C,)),
        ("claim.waive", "同意免收多发的钱", (_C, _R)),
        ("account.change", "登记换收款账户", (_V, _T)),
        ("account.agree", "同意换收款账户", (_T, _C)),
        ("fund.read", "查看乡镇备用金", (_T, _C, _A, _R)),
        ("fund.pay_in", "拨付和补足备用金", (_C,)),
        ("fund.hand_out", "从备用金发钱", (_T,)),
        ("fund.count", "清点备用金", (_T, _C)),
        ("arrival.ask", "问钱到了没有", (_V, _T, _C)),
        # others who help
        ("referral.open", "转介给有关部门", (_V, _T, _C)),
        ("referral.list", "查看转介", (_V, _T, _C, _A, _R)),
        ("referral.type", "登记部门的书面回话", (_T, _C)),
        ("referral.receive", "办理转来的事", (_S,)),
        ("recognition.look", "查询救助身份", (_T, _C, _S)),
        # the law as data
        ("rules.read", "查看规则", (_T, _C, _N, _D, _A, _R)),
        ("rules.change", "起草规则变更", (_C, _R)),
        ("rules.approve", "审批规则变更", (_C, _R)),
        ("rules.try", "试算政策", (_C, _A, _R)),
        # data, supervision, running the office
        ("feed.list", "管理部门数据", (_D, _A)),
        ("feed.load", "接收部门数据", (_D,)),
        ("feed.mend", "修好退回的数据", (_D,)),
        ("quality.read", "查看各部门的数据质量", (_D, _A, _R)),
        ("correction.list", "查看校核申请", (_T, _C, _N, _D, _A, _R)),
        ("correction.ask", "提出校核申请", (_T, _C, _N, _D)),
        ("correction.answer", "答复校核申请", (_C, _D)),
        ("sender.keep", "管理数据发送方", (_D,)),
        ("feed.withdraw", "撤回送来的数据", (_D,)),
        ("data.retain", "批准到期销毁数据", (_D,)),
        ("audit.read", "监督检查", (_A, _R)),
        ("journal.read", "查看工作留痕", (_A, _R)),
        ("figures.read", "查看统计", (_T, _C, _A, _R)),
        ("burden.read", "查看基层手里的活有多重", (_R,)),
        ("clerk.appoint", "安排岗位", (_D,)),
        ("leave.enter", "登记自己请假、请谁代办", (_V, _T, _C, _N, _D, _R)),
        ("leave.keep", "替同事登记请假、定谁代办", (_R,)),
        ("staff.read", "查看谁在岗、哪里没人管", (_T, _C, _A, _R)),
        ("calendar.keep", "登记工作日历", (_C, _D, _R)),
        ("clock.move", "调整演示时间", (_V, _T, _C, _N, _D, _A, _R, _S)),
    )
}

# What a paper is kept as → its label, and the act whose posts may look at it (besides whose it is).
PAPERS: dict[str, tuple[str, str]] = {
    "signature": ("手写签名", "authorisation.read"),
    "form": ("签好的授权书", "authorisation.read"),
    "voice": ("同意的录音", "authorisation.read"),
    "guardian": ("监护证明", "authorisation.read"),
    "evidence": ("证明材料", "paper.read"),
    "application": ("纸质申请表", "case.register"),
    "mandate": ("代办委托书", "paper.read"),
    "reply": ("来源的书面答复", "check.answer"),
    "visit": ("入户调查的表和照片", "paper.read"),
    "board": ("公示栏的照片", "paper.read"),
    "minutes": ("会议签到和记录", "paper.read"),
    "printed": ("印出来的纸和信", "paper.read"),
    "signed": ("签好的纸", "paper.read"),
}

# What posts of one department may do: its data officer looks after what it sends, its helper deals with what is sent to it.
OF_A_DEPARTMENT = frozenset(
    {
        *("desk.today", "feed.list", "feed.load", "feed.mend", "feed.withdraw", "quality.read"),
        *("correction.list", "correction.ask", "correction.answer", "clock.move"),
        *("referral.receive", "recognition.look"),
    }
)
# Roles that a post at a department may have; a helper's post is never at the office itself.
DEPARTMENT_ROLES = frozenset({_D, _S})

# Two steps on one case that may not be the same person's (four eyes; internal control rules).
TWO_PEOPLE = (
    frozenset({"case.register", "case.decide"}),
    frozenset({"case.propose", "case.decide"}),
    frozenset({"case.survey", "case.decide"}),
    frozenset({"case.accept", "case.decide"}),
    frozenset({"case.propose", "case.decide_here"}),
    frozenset({"case.survey", "case.decide_here"}),
    frozenset({"case.accept", "case.decide_here"}),
    frozenset({"adjustment.propose", "adjustment.decide"}),
    frozenset({"payment.build", "payment.approve"}),
)

# Whose work a post may take over while its holder is away: the same work, or work it oversees.
STANDS_IN = {
    _V: frozenset({_V, _T}),
    _T: frozenset({_T}),
    _C: frozenset({_C}),
    _N: frozenset({_N}),
    _D: frozenset({_D}),
    _R: frozenset({_R, _C}),
}
# What is handed over while somebody is away: a group of acts by what they begin with → its label.
_OF_CASES = (
    *("care.", "kin.", "elsewhere.", "letter.", "form.", "call.", "mandate.", "benefit.", "referral.", "paper."),
    *("outreach.", "adjustment.", "file.", "recognition."),
)
HANDED_OVER = {
    "case": ("办理申请", ("case.", "question.", "consent.", "check.", "objection.", "authorisation.", *_OF_CASES)),
    "people": ("个人和家庭信息", ("person.", "register.", "pair.", "number.", "household.", "event.", "request.")),
    "alert": ("预警和走访", ("alert.", "visit.")),
    "check": ("核对", ("check.", "source.", "place.", "order.", "anomaly.", "objection.")),
    "payment": ("发放", ("payment.", "claim.", "account.", "fund.", "arrival.")),
    "rules": ("规则", ("rules.",)),
    "feed": ("部门数据", ("feed.", "quality.", "correction.", "sender.", "data.")),
}
ALWAYS_HANDED = frozenset(
    {
        *("desk.today", "case.list", "case.read", "person.read", "household.read", "paper.read", "staff.read", "figures.read"),
        *("burden.read", "clock.move"),
    }
)
NEVER_HANDED = frozenset({"clerk.appoint", "calendar.keep", "leave.enter", "leave.keep", "journal.read", "audit.read"})


def handed_over(act: str, groups: Collection[str]) -> bool:
    """Whether an act of somebody away is their stand-in's for these days; no group named means all of their work.

    :raises KeyError: no such group
    """
    if act in NEVER_HANDED:
        return False
    return not groups or act in ALWAYS_HANDED or any(act.startswith(HANDED_OVER[group][1]) for group in groups)


# Two roles one person may not hold on the same day: who watches does not work, who loads data does not decide.
INCOMPATIBLE_ROLES = frozenset(
    frozenset(pair)
    for pair in (
        *((_A, other) for other in (_V, _T, _C, _N, _D)),
        *((_D, other) for other in (_T, _C, _N)),
        *((_S, other) for other in (_V, _T, _C, _N, _D, _A, _R)),
        (_T, _C),
    )
)


def may(role: Role | str, act: str) -> bool:
    """Say whether a post of this role allows an act of the table.

    :raises KeyError: no such act; a misspelt act never lets anybody in
    """
    return Role(role) in ACTS[act][1]


def post_may(role: Role | str, department: str, act: str) -> bool:
    """Say whether a post of this role, at one department or (with an empty code) at the office itself, allows an act.

    :raises KeyError: no such act
    """
    if not department:
        return may(role, act) and Role(role) != Role.SERVICE
    return may(role, act) and act in OF_A_DEPARTMENT


def label_of(act: str) -> str:
    """The words for an act of the table; other purposes are written in words already and come back as they are."""
    return ACTS[act][0] if act in ACTS else act


def clash(act: str, earlier: Iterable[str]) -> str | None:
    """Name the earlier step by the same person that forbids this act on the same case, or None."""
    for before in earlier:
        if frozenset({act, before}) in TWO_PEOPLE:
            return before
    return None


def incompatible(roles: Iterable[Role | str]) -> tuple[Role, Role] | None:
    """Find two roles one person may not hold on one day, or None."""
    held = sorted({Role(role) for role in roles})
    for index, one in enumerate(held):
        for other in held[index + 1 :]:
            if frozenset({one, other}) in INCOMPATIBLE_ROLES:
                return one, other
    return None


def contains(area: str, place: str) -> bool:
    """Say whether an area holds a place. An empty area holds nothing, and a place nobody knows lies in no area."""
    return bool(area) and bool(place) and place.startswith(prefix(area))


def prefix(area: str) -> str:
    """What the codes of all places inside an area begin with: the city 990100 holds 9901…; all others their own code."""
    return area[:4] if len(area) == 6 and area.endswith("00") else area


@dataclass(frozen=True, slots=True)
class Party:
    """Who does an act without being signed in as a clerk: a resident or their proxy (by pid), a sender, or a job."""

    kind: str
    ref: str

    @classmethod
    def resident(cls, pid: str) -> Party:
        return cls("resident", pid)

    @classmethod
    def proxy(cls, pid: str) -> Party:
        """Somebody acting for another person; whether they may is the mandate's matter, checked where the case is."""
        return cls("proxy", pid)

    @classmethod
    def system(cls, job: str) -> Party:
        return cls("system", job)

    @classmethod
    def sender(cls, code: str) -> Party:
        """A department's system that sends data; what it may send is the sender's matter, checked where data are taken in."""
        return cls("sender", code)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at people's data: the clerk, the post looked from, and what for."""

    name: str
    username: str
    role: Role
    area: str
    purpose: str
    ref: str = ""
    area_label: str = ""
    department: str = ""  # code of the department whose data this post looks after; empty: the office itself
    stands_for: str = ""  # opaque ref of the colleague away whose post this is; empty: their own post
    groups: tuple[str, ...] = ()  # of that colleague's work, what was handed over; empty: all of it
    standing: tuple[tuple[str, str], ...] = ()  # everybody they stand in for today: ref and name

    @property
    def within(self) -> str:
        """The prefix of every place this viewer may see."""
        return prefix(self.area)

    @property
    def whole_city(self) -> bool:
        """Whether the post holds a whole city: only then may a file about all its places be opened whole."""
        return 0 < len(self.within) <= len("9901")

    def sees(self, place: str) -> bool:
        """Say whether a place lies in the viewer's area."""
        return contains(self.area, place)

    def may(self, act: str) -> bool:
        """Say whether the viewer's post allows an act of the table; somebody else's post only what was handed over."""
        return post_may(self.role, self.department, act) and (not self.stands_for or handed_over(act, self.groups))

    def answers_for(self, department: str) -> bool:
        """Say whether what a department sent is this viewer's matter; a post at the office itself sees all departments."""
        return not self.department or self.department == department

    def need(self, act: str, place: str | None = None) -> None:
        """Stop a viewer whose post does not allow the act, or whose area does not hold the place.

        :raises NotAllowed: in words for the person
        """
        if not self.may(act):
            raise NotAllowed(f"您的岗位（{self.role.label}）不能{label_of(act)}。")
        if place is not None and not self.sees(place):
            raise NotAllowed("这户不在您负责的地方。要看，请找当地经办人。")


def mask_name(name: str) -> str:
    """Hide a name in lists: 周德顺 → 周*顺, 周顺 → 周*."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """Keep the region and the last four of a citizen number: 990101********1234."""
    return number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """Keep the first three and last four of a telephone number: 139****1234."""
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:] if len(phone) > 7 else "*" * len(phone)


def mask_account(account: str) -> str:
    """Keep the last four of a bank account, the way people know their card."""
    return "*" * max(len(account) - 4, 0) + account[-4:] if len(account) > 4 else "*" * len(account)


_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:18|19|20)\d{9}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")


def names_a_person(text: str) -> bool:
    """Say whether a text holds what looks like a citizen number or a mobile phone number."""
    return _NUMBERS.search(text) is not None
