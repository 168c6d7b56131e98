"""Writing payments: one public function per act, each one transaction and one line of the journal."""

from __future__ import annotations

from doudi.payment.actions.accounts import agree_account, ask_account, hear_account, stop_account
from doudi.payment.actions.arrivals import answer_arrival, draw_arrivals, settle_arrival
from doudi.payment.actions.building import build, build_once
from doudi.payment.actions.claims import decide_claim, ease_claim, pay_back, propose_claim, replay_county, waive_claim
from doudi.payment.actions.closing import close_month
from doudi.payment.actions.funds import count_fund, hand_out, pay_in, replenish
from doudi.payment.actions.holding import hold, release
from doudi.payment.actions.pricing import build_price
from doudi.payment.actions.returning import read_returns, reissue, settle_unmatched
from doudi.payment.actions.sending import approve, send

__all__ = [
    "agree_account",
    "answer_arrival",
    "approve",
    "ask_account",
    "build",
    "build_once",
    "build_price",
    "close_month",
    "count_fund",
    "decide_claim",
    "draw_arrivals",
    "ease_claim",
    "hand_out",
    "hear_account",
    "hold",
    "pay_back",
    "pay_in",
    "propose_claim",
    "read_returns",
    "reissue",
    "release",
    "replay_county",
    "replenish",
    "send",
    "settle_arrival",
    "settle_unmatched",
    "stop_account",
    "waive_claim",
]
