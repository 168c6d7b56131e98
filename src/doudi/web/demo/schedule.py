"""What the schedule would have run by a new time; each job is safe to run again."""

from __future__ import annotations

from datetime import datetime

from doudi.office import jobs as office


def run(at: datetime) -> list[str]:
    """Run every job due at the moved time and say what happened, in words."""
    said = []
    sent = office.send_notices()
    if sent["sent"]:
        said.append(f"发出短信 {sent['sent']} 条。")
    return said
