"""任务单: drafted, approved by another person, stopped, printed."""
