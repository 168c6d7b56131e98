"""What the schedule would have run by a new time; each job is safe to run again."""

from __future__ import annotations

from datetime import datetime

from doudi.services import jobs

SAID = {
    "end_showings": "公示期满 {count} 件，已报县里。",
    "call_reviews": "到期要复核 {count} 户。",
    "end_authorisations": "救助结束了，{count} 户的授权书跟着结束。",
    "follow_objections": "{count} 件对报告的不同意见看完了，结果写进了案卷。",
    "take_answers": "{count} 件案子收进了部门后来的回话。",
    "issue_reports": "出了 {count} 份核对报告。",
    "remind_objections": "催了 {count} 件快到期的不同意见。",
    "tell_late_objections": "告诉本人 {count} 件不同意见我们晚了。",
    "replay_claims": "按月重新算过，多发的钱有 {count} 笔等人来定。",
    "climb_referrals": "{count} 件转给别的部门的事过了期限，催了、报了。",
    "send_notices": "发出短信 {count} 条。",
    "sign_journal": "给日志签了名，多了 {count} 行。",
}


def run(at: datetime) -> list[str]:
    """Run everything due at the moved time and say what happened, in words."""
    run = jobs.run_everything(at, wait=True)
    return [SAID[job].format(count=count) for job, count in run.done.items() if count] + [
        f"{job} 没有做成：{why}" for job, why in run.failed.items()
    ]
