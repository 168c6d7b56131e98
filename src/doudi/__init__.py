"""doudi 兜底: the net underneath."""

__version__ = "0.1.0"
