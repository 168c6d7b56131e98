"""How names are compared: as written, and as they sound; titles and dots that do not belong to a name are left out."""

from __future__ import annotations

import os
import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache

_TITLES = "户主|同志|先生|女士|本人|家属"
_SHORT = 9  # bytes: three characters leave no room for a title or a dot
_TONES = dict.fromkeys((0x0300, 0x0301, 0x0304, 0x030C))  # grave, acute, macron, caron; the two dots of ü stay
_FIRST_PRIVATE = 0xF0000  # plane 15: a code point for every syllable, never met in a name


def plain_sql(name: str) -> str:
    """SQL: a name without dots, blanks, and a title stuck on it (张三户主 is 张三)."""
    return (
        f"CASE WHEN strlen({name}) <= {_SHORT} THEN {name} "
        f"ELSE regexp_replace(upper({name}), '[·\\s]|(?:[(（]?(?:{_TITLES})[)）]?$)', '', 'g') END"
    )


def plain(name: str) -> str:
    """The same in Python."""
    return name if len(name.encode()) <= _SHORT else re.sub(rf"[·\s]|(?:[(（]?(?:{_TITLES})[)）]?$)", "", name.upper())


@cache
def _readings() -> dict[int, str]:
    """The first reading of each character. Single characters suffice, so the table of phrases stays unread (0.2 s, 40 MB)."""
    before = os.environ.get("PYPINYIN_NO_PHRASES")
    os.environ["PYPINYIN_NO_PHRASES"] = "true"
    try:
        from pypinyin.constants import PINYIN_DICT
    finally:
        if before is None:
            del os.environ["PYPINYIN_NO_PHRASES"]
        else:
            os.environ["PYPINYIN_NO_PHRASES"] = before
    return PINYIN_DICT


# ---- sounding and looking alike ------------------------------------------------------------------------------------------

_LOST = "?？□*＊〓�"  # what stands where a character could not be stored
_GAPS = re.compile(rf"[{re.escape(_LOST)}\ue000-\uf8ff]|[A-Z]+")
# Characters written in more than one way, each pair as (other way, common way).
_WAYS = (
    "國国華华蘭兰雲云鳳凤昇升喆哲峯峰羣群閆闫張张劉刘陳陈楊杨趙赵黃黄吳吴孫孙馬马鄭郑謝谢許许鄧邓馮冯韓韩蕭萧葉叶蔣蒋蘇苏盧卢"
    "鍾钟譚谭陸陆賈贾鄒邹錢钱龍龙賀贺顧顾龔龚萬万嚴严賴赖偉伟傑杰東东軍军強强彊强輝辉麗丽紅红艷艳豔艳蓮莲榮荣慶庆貴贵寶宝寳宝"
    "興兴學学書书長长瑩莹穎颖頴颖靜静銀银鐵铁鋼钢鋒锋劍剑劒剑連连進进遠远達达運运廣广義义禮礼愛爱憲宪億亿樂乐齊齐澤泽濤涛濱滨"
    "湯汤溫温爲为為为陽阳陰阴隊队雙双鵬鹏鴻鸿鶴鹤麥麦點点曉晓暉晖曄晔實实寧宁寜宁嶽岳衞卫衛卫開开關关頌颂順顺飛飞騰腾驍骁驥骥"
    "魯鲁鳴鸣勝胜剛刚勛勋勲勋啓启啟启喬乔嬌娇嫻娴婭娅孃娘孿孪將将岡冈崗岗嵐岚幹干彥彦徑径復复恆恒憶忆懷怀應应戰战揚扬撫抚敘叙"
    "時时晉晋棟栋樑梁樹树橋桥權权歡欢歐欧歲岁殘残氣气決决況况淨净淩凌淵渊潔洁澂澄瀾澜煥焕煒炜燁烨燦灿燈灯爾尔牀床狀状獻献瑋玮"
    "瓊琼畢毕異异疊叠盡尽監监礡礴禎祯種种穀谷窯窑競竞節节範范紀纪紋纹純纯綱纲維维綺绮綵彩練练績绩繡绣繼继續续纓缨罷罢羅罗聖圣"
    "聞闻聰聪聲声聯联肅肃臨临與与舉举舊旧艱艰莊庄莖茎蔭荫薑姜薩萨藍蓝藝艺藥药處处號号補补裏里親亲覺觉觀观計计訓训記记詠咏詩诗"
    "詳详語语誠诚誌志談谈諾诺變变讓让貞贞財财賢贤質质贊赞贇赟躍跃車车軒轩輪轮辦办農农遲迟選选鄉乡釗钊鈞钧鈺钰銘铭錦锦鎮镇鎖锁"
    "鏡镜鑒鉴門门閔闵閩闽閻阎閱阅際际隨随險险難难韋韦響响項项須须預预領领頡颉頤颐題题願愿顏颜類类顯显風风館馆駒驹駿骏騫骞驊骅"
    "體体髮发鬆松鮑鲍鯤鲲鶯莺鷗鸥鷹鹰黨党齡龄龐庞龜龟"
)
_COMMON = {ord(other): common for other, common in zip(_WAYS[::2], _WAYS[1::2], strict=True)}
# Surnames that sound otherwise than the character usually does.
_SURNAMES = {
    letter: part.partition(":")[0]
    for part in (  # noqa: SIM905, the syllables are many
        "shan:单 qiu:仇 xie:解 zeng:曾 zha:查 ou:区 ren:任 piao:朴 zhai:翟 "
        "ge:盖葛 miao:缪 yue:乐 yun:员 shao:召 she:折 he:黑 po:繁 bi:秘 xian:冼洗 "
        "qin:覃 chen:谌 pang:逄 wei:隗尉 chong:种 hua:华 ha:哈 cheng:晟 ji:纪 "
        "yan:燕 ying:应 ning:宁 che:车 guo:过 na:那 bu:卜 wan:万 shi:石"
    ).split()
    for letter in part.partition(":")[2]
}
_DOUBLE = {
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"),
}


@cache
def _spelling(character: str) -> str | None:
    """The syllable of a character without tone, or None where it has none."""
    readings = _readings().get(ord(character))
    return None if readings is None else unicodedata.normalize("NFD", readings.split(",", 1)[0]).translate(_TONES)


class _Codes(dict[int, str]):
    """Code of a syllable → code of the syllable as ears take it that hear zh like z, sh like s, -ng like -n."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[int, str] = {}

    def of(self, syllable: str) -> str:
        """The code of a syllable: the same in every process, so that it may be kept."""
        code = _FIRST_PRIVATE + zlib.crc32(f"3{syllable}".encode()) % 0xFFFE  # with this 3 no two syllables share a code
        self._said[code] = syllable
        return chr(code)

    def __missing__(self, code: int) -> str:
        found = chr(code)
        if code in self._said:
            found = self.of(re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", self._said[code])))
        self[code] = found
        return found


_CODES = _Codes()


class _Syllables(dict[int, str]):
    """Character → one code point for its syllable without tone, filled as names are met."""

    def __missing__(self, character: int) -> str:
        syllable = _spelling(_COMMON.get(character, chr(character)))
        found = chr(character) if syllable is None else _CODES.of(syllable)
        self[character] = found
        return found


_SYLLABLES = _Syllables()


def sound(name: str) -> str:
    """A key that names of one sound share, whatever characters they are written with; 洁 and 杰, 閆 and 闫 agree."""
    return _sound(plain(name))


def _sound(name: str) -> str:
    said = name.translate(_SYLLABLES)
    surname = _SURNAMES.get(name[:1])
    if name[:2] in _DOUBLE and len(name) > 2:
        said = "".join(map(_CODES.of, _DOUBLE[name[:2]])) + said[2:]
    elif surname is not None:
        said = _CODES.of(surname) + said[1:]
    return said


def blurred(name: str) -> str:
    """A coarser key: names that sound alike to many ears share it; 张 and 脏, 陈 and 成 agree."""
    return sound(name).translate(_CODES)


def sounds(names: Iterable[str]) -> list[str]:
    """The sound of each of many names."""
    return [sound(name) for name in names]


def heard(names: list[str]) -> dict[str, list[str | None]]:
    """Of many plain names: folded, sound, blurred, gapped, a list each."""
    said = [_sound(name) for name in names]
    return {
        "folded": [name.translate(_COMMON) for name in names],
        "sound": [*said],
        "blurred": [one.translate(_CODES) for one in said],
        "gapped": [gapped(name) if _GAPS.search(name) else None for name in names],
    }


def folded(name: str) -> str:
    """The name in the common way of writing each of its characters."""
    return plain(name).translate(_COMMON)


def gapped(name: str) -> str | None:
    """A name some of whose characters were lost, with `_` for each of them; None where none was.

    Lost is what stands as ?, □, in a private code, or spelled in Latin letters among other characters.
    """
    found = _GAPS.sub("_", name)
    return found if found != name and found.strip("_") else None


def readings(character: str) -> tuple[str, ...]:
    """Every way a character is read, with its tone, the commonest first; what is no Chinese character is read as it is."""
    found = _readings().get(ord(character))
    return tuple(found.split(",")) if found else (character.lower(),)
