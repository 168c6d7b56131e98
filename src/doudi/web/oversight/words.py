"""Acts of the journal in words for people; an act nobody put into words stays readable as it is."""

from __future__ import annotations

from typing import Any

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
    "registry.bring_in": "从登记信息里带入一家",
    "registry.correct_member": "更正了家里人",
    "registry.keep_contact": "记下联系方式",
    "registry.consent": "记下同意",
    "registry.withdraw": "撤回了同意",
    "exchange.receive_load": "收下一批数据",
    "exchange.refuse_load": "退回一个文件",
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
    "monitoring.publish": "发布一批提醒",
    "monitoring.assign": "安排走访",
    "monitoring.dismiss": "说明不用管",
    "monitoring.close_visit": "记下走访",
    "verification.request": "发起核对",
    "verification.keep_batch": "批量核对了一份名单",
}
KEYS = {
    "reason": "原因",
    "state": "走到",
    "purpose": "为了",
    "rule": "规则",
    "month": "月份",
    "lines": "笔数",
    "role": "岗位",
    "area": "地方",
    "what": "看了什么",
    "sha256": "校验码",
}


def act_words(act: str) -> str:
    """An act of the journal in words."""
    return ACTS.get(act, act)


def detail_words(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """What a line says beside its act, as pairs; keys nobody put into words stay as they are."""
    return [(KEYS.get(key, key), str(value)) for key, value in sorted(detail.items()) if value not in ("", None, [], {})]
