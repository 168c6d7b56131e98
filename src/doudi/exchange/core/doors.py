"""The ways data come in."""

from __future__ import annotations

from enum import StrEnum


class Door(StrEnum):
    """A way data come in. A sender may use those it is registered for."""

    DESK = "desk"
    FOLDER = "folder"
    PUSH = "push"
    EVENT = "event"
    PULL = "pull"
    METERS = "meters"
    CONSOLE = "console"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Door.DESK: "网页上传",
    Door.FOLDER: "共享文件夹",
    Door.PUSH: "接口推送",
    Door.EVENT: "实时事件",
    Door.PULL: "从部门数据库取",
    Door.METERS: "接收读数消息",
    Door.CONSOLE: "本机命令",
}
