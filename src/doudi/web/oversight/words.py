"""Acts of the journal in words for people; an act nobody put into words stays readable as it is."""

from __future__ import annotations

from typing import Any

from doudi.casework.core import CHANNELS, DECISION_LABELS, OPINIONS, QUESTION_CHOICES, State
from doudi.monitoring.core import OUTCOME_LABELS, WAYS, WISHES
from doudi.office.core import ROLE_LABELS, label_of

ACTS = {
    "office.look": "查看了信息",
    "office.hire": "开了工作账号",
    "office.appoint": "安排了岗位",
    "office.dismiss": "结束了岗位",
    "office.pick_post": "换了岗位",
    "office.set_areas": "更新了区划",
    "office.move_clock": "调了演示时间",
    "office.notify": "发出通知",
    "office.mark_sent": "通知送出",
    "office.mark_failed": "通知没送到",
    "office.send_code": "发了验证码",
    "office.check_code": "验证码登录",
    "registry.export_roster": "导出了一份名册",
    "registry.place_told": "把村里说到的人放进了名册",
    "registry.tell_of": "登记了数据里没有的人",
    "monitoring.ask_visit": "请人去看看",
    "registry.bring_in": "从登记信息里带入一家",
    "registry.correct_member": "更正了家里人",
    "registry.take_member_back": "撤回了对家里人的更正",
    "registry.agree_home": "说家里的人都对",
    "registry.say": "说了家里谁和谁在一起",
    "registry.take_back": "撤回了说过的家庭关系",
    "registry.report_event": "登记了家里的变化",
    "registry.confirm_event": "核实了家里的变化",
    "registry.dismiss_event": "说明家里没有这个变化",
    "registry.undo_event": "撤回了核实过的家庭变化",
    "registry.note_changes": "记下数据里看出的家庭变化",
    "registry.keep_contact": "记下联系方式",
    "exchange.close_upload": "传完了一个文件",
    "exchange.give_receipt": "给了一张回执",
    "exchange.hear": "记下收到的读数",
    "exchange.keep_sender": "登记了数据发送方",
    "exchange.keep_source": "登记了对接的部门数据库",
    "exchange.note_pull": "从部门数据库取了数据",
    "exchange.open_upload": "开始传一个文件",
    "exchange.reach": "记下取到哪里",
    "exchange.receive_events": "收下实时事件",
    "exchange.rotate_key": "换了发送方的钥匙",
    "exchange.set_event_aside": "把一个事件放到一边",
    "exchange.settle_events": "处理了实时事件",
    "exchange.stop_sender": "停了一个发送方",
    "monitoring.bring_live": "按实时事件更新了预警",
    "registry.ask_about_pair": "请人问问是不是同一个人",
    "registry.explain_number": "登记了没有身份证号的原因",
    "registry.merge_persons": "把两份记录并成一个人",
    "registry.mirror_pairs": "更新了像是同一个人的记录",
    "registry.settle_pair": "判断了是不是同一个人",
    "registry.split_person": "把一份记录拆开",
    "registry.undo_settlement": "撤销了对记录的判断",
    "registry.weigh_help": "看了合并以后救助怎么办",
    "registry.search": "找人",
    "registry.ask": "对自己的信息提了请求",
    "registry.answer": "答复了本人对信息的请求",
    "registry.take_copy": "带走了一份自己的信息",
    "registry.consent": "记下同意",
    "registry.withdraw": "撤回了同意",
    "exchange.receive_load": "收下一批数据",
    "exchange.refuse_load": "退回一个文件",
    "exchange.return_rejects": "把退回的行发还给部门",
    "exchange.plan_disposal": "列出了到期的数据",
    "exchange.approve_disposal": "批准销毁到期的数据",
    "exchange.dispose": "销毁了一份到期的数据",
    "exchange.finish_disposal": "到期的数据销毁完了",
    "exchange.place_hold": "把数据留下，暂不销毁",
    "exchange.lift_hold": "解除了保留",
    "registry.erase_contact": "删掉了电话和银行卡",
    "exchange.start_mending": "开始修改一批数据",
    "exchange.set_mends": "写了怎么改一批数据",
    "exchange.apply_mends": "按修改重新收下一批数据",
    "exchange.undo_mends": "撤销了一份修改",
    "exchange.keep_scores": "算了数据质量",
    "exchange.keep_agreement": "把数据和登记比了一遍",
    "exchange.ask_correction": "提出校核申请",
    "exchange.send_corrections": "把校核申请发给部门",
    "exchange.correct_correction": "答复校核申请：已改正",
    "exchange.stand_correction": "答复校核申请：没有错",
    "exchange.extend_correction": "校核申请延长了一次",
    "exchange.withdraw_correction": "撤回了校核申请",
    "exchange.apply_corrections": "改正的数据进来了",
    "exchange.withdraw_load": "撤回了一批数据",
    "exchange.reinstate_load": "恢复了一批撤回的数据",
    "casework.start_draft": "开始填申请",
    "casework.save_hardship": "写了难在哪里",
    "casework.save_household": "写了谁一起吃住",
    "casework.save_income": "写了进项",
    "casework.save_account": "写了账户",
    "casework.drop_draft": "不填了",
    "casework.submit": "交了申请",
    "casework.accept": "受理",
    "casework.ask_once": "一次告知要补的",
    "casework.supplement": "补上了",
    "casework.assign": "转给同事",
    "casework.file_near_kin": "登记为近亲属，单独办理",
    "casework.record_consent": "记下家里人同意核对",
    "casework.request_check": "向各部门查",
    "casework.judge": "判断了一处不一样",
    "casework.count_member": "定了谁算一起吃住",
    "casework.survey": "入户调查",
    "casework.extend": "延长了期限",
    "casework.assess": "按规则算了一遍",
    "casework.propose": "写了初步意见",
    "casework.object_to": "收到不同意见",
    "casework.reinvestigate": "为不同意见再了解",
    "casework.end_showing": "公示期满",
    "casework.resend": "补好再送县里",
    "casework.confirm": "县里确认",
    "casework.return_one": "县里退回补一样",
    "casework.refuse": "县里没有批",
    "casework.serve": "信送到了",
    "casework.withdraw": "撤回申请",
    "casework.open_case": "走访后开了案卷",
    "casework.call_review": "到了一年看一次的时候",
    "payment.build": "生成发放名单",
    "payment.approve": "审批发放",
    "payment.send": "送银行",
    "payment.read_returns": "收下银行结果",
    "payment.reissue": "补发一笔",
    "payment.hold": "暂缓一笔",
    "payment.release": "解除暂缓",
    "monitoring.keep_aftermath": "列出了撤回的数据影响到的预警和案子",
    "monitoring.publish": "发布一批提醒",
    "monitoring.assign": "安排走访",
    "monitoring.dismiss": "说明不用管",
    "monitoring.close_visit": "记下走访",
    "rulebook.draft": "起草规则变更",
    "rulebook.edit": "改了规则变更的草稿",
    "rulebook.propose": "送审规则变更",
    "rulebook.withdraw": "撤回规则变更",
    "rulebook.reject": "没有同意规则变更",
    "rulebook.approve": "同意规则变更",
    "rulebook.undo": "撤销一条规则变更",
    "verification.request": "发起核对",
    "verification.keep_statement": "记下家里人怎么说",
    "verification.ask_again": "重新问一个来源",
    "verification.object_to": "对核对报告提了不同意见",
    "verification.add_to_objection": "给不同意见补了话或证明",
    "verification.take_objection": "接下一件不同意见，换人重新看",
    "verification.add_line": "写明不同意见说的是哪一处",
    "verification.recheck": "为不同意见重新问来源",
    "verification.decide_line": "写下一处不同意见的结果",
    "verification.settle_objection": "答复不同意见，出了新报告",
    "verification.withdraw_objection": "撤回不同意见",
    "verification.remind": "催了一件快到期的不同意见",
    "verification.say_late": "告诉本人不同意见还没看完",
    "verification.followed": "不同意见的结果交给了案卷",
    "casework.follow_recheck": "案卷收下了不同意见的结果",
    "verification.begin_matching": "用隐私比对问了一份名单（双方都不出示名单）",
    "verification.keep_batch": "批量核对了一份名单",
}
KEYS = {
    "state": "走到", "purpose": "为了", "role": "岗位", "area": "地方", "what": "看了什么", "reason": "原因",
    "channel": "怎么来的", "receipt": "编号", "due": "期限", "whole_due": "法定期限", "near_kin": "近亲属", "level": "谁去的",
    "on": "哪天", "second": "同去的", "choice": "判断", "kind": "怎么看", "differs": "和规则不一样", "from_month": "从哪月起",
    "pack": "规则版本", "basis": "依据", "people": "问了几个人", "said": "回答", "outcome": "结果", "worker": "请谁去",
    "way": "怎么问的", "wish": "意愿", "month": "月份", "lines": "笔数", "total_fen": "一共（分）", "sha256": "校验码",
    "to": "转给", "check": "核对", "assessment": "规则算的", "opinion": "初步意见", "decision": "决定", "notice": "通知",
    "question": "哪一处", "alert": "提醒", "person": "谁", "pid": "谁", "programme": "办什么", "mandate": "委托",
    "purposes": "为了", "objection": "不同意见", "article": "依据",
}  # fmt: skip
CODES: dict[str, dict[str, str]] = {
    "state": {str(one): one.label for one in State},
    "channel": {
        **CHANNELS,
        "sms": "短信",
        "paper": "纸质",
        "voice": "录音",
        "screen": "屏幕上",
        "visit": "上门",
        "phone": "手机",
    },
    "level": {"township": "镇里", "county": "县里"},
    "kind": {**OPINIONS, **DECISION_LABELS},
    "choice": QUESTION_CHOICES,
    "basis": {"consent": "本人同意", "statutory_duty": "法定职责"},
    "outcome": {str(code): words for code, words in OUTCOME_LABELS.items()},
    "way": WAYS,
    "wish": WISHES,
    "said": {"found": "查到", "nothing": "没有", "no_answer": "没回"},
    "role": {str(code): words for code, words in ROLE_LABELS.items()},
}


def act_words(act: str) -> str:
    """An act of the journal in words."""
    return ACTS.get(act, act)


def detail_words(detail: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str]]:
    """What a line says beside its act, as pairs; keys and codes nobody put into words stay as they are.

    :param names: clerks by their opaque ref
    """
    return [
        (KEYS.get(key, key), _value(key, value, names)) for key, value in detail.items() if value not in ("", None, [], {}, False)
    ]


def _value(key: str, value: Any, names: dict[str, str]) -> str:
    codes = CODES.get(key, {})
    if value is True:
        return "是"
    if isinstance(value, dict):
        return "、".join(f"{codes.get(one, one)} {count}" for one, count in value.items())
    if key == "purpose":
        return label_of(str(value))
    return codes.get(str(value)) or names.get(str(value)) or str(value)
