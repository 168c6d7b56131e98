"""Words of the register as a list: tiers, why somebody is in one no more."""

from __future__ import annotations

TIERS = {
    "dibao": "低保",
    "tekun": "特困",
    "monitored": "防返贫监测",
    "near_dibao": "低保边缘",
    "rigid_expenditure": "刚性支出困难",
    "other": "其他困难",
}
WHYS = {
    "died": "去世了",
    "tier": "转到了别的类别",
    "decided": "办了退出",
    "moved": "户口迁走了",
    "off_roll": "名册上没有了，原因没有写",
    "not_in_data": "哪个部门的数据里都没有了，请问一问",
}
# What a list can be asked for, in the order the page offers it.
LISTS = {
    "tier": "现在在册的",
    "came": "一年内新进的",
    "left": "一年内退出的",
    "refused": "一年内没批上的",
    "one": "只有一个来源知道的",
    "gaps": "知道得太少的",
}
MANY_GAPS = 5  # so many sides of life (with number and sources) unknown is much: one person in a hundred of the made-up city
EXPORT_MOST = 5000
