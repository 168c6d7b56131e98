"""From the text of a rule to a plain tree: only what is on the list gets through, everything else is refused with its place.

The text is cut into words by sqlglot's tokenizer. Each name gets a prefix before sqlglot parses the expression, so that none of
SQL's own functions, keywords or statements can be meant: sqlglot sees operators, CASE, IN, BETWEEN, IS and brackets, no more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from doudi.policy.language.errors import Place, RuleError, did_you_mean

LONGEST, MOST_WORDS, DEEPEST = 4000, 500, 40

FUNCTIONS = {
    "any": (1, 1), "all": (1, 1), "count": (1, 1), "sum": (1, 2),
    "coalesce": (2, 9), "least": (2, 9), "greatest": (2, 9),
    "round": (1, 2), "ceil": (1, 2), "floor": (1, 2), "ceil_yuan": (1, 1), "yuan": (1, 1), "money": (1, 1), "day": (1, 1),
    "months_between": (2, 2), "days_between": (2, 2), "add_months": (2, 2), "add_days": (2, 2),
    "working_days_between": (2, 2), "add_working_days": (2, 2),
}  # fmt: skip
"""Every function of the language, with how many arguments it takes at least and at most."""

_KEPT = {
    TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.NUMBER, TokenType.STRING,
    TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE,
    TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH,
    TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN, TokenType.BETWEEN, TokenType.IS, TokenType.NULL,
    TokenType.TRUE, TokenType.FALSE, TokenType.CASE, TokenType.WHEN, TokenType.THEN, TokenType.ELSE, TokenType.END,
}  # fmt: skip
_ASIDE = {TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CHINESE_NAME = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9_]{0,30}")
_NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WIDE_SIGNS = dict(zip("（），。；：＞＜＝＋－＊／“”‘’！", "(),.;:><=+-*/\"\"''!", strict=True))

_BINARY: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.And: "and", exp.Or: "or",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """A node: what it is, its parts, a name or literal, and where it stands.

    kind: name parameter step number text truth call in between unknown case and or not negative = <> < <= > >= + - * /
    """

    kind: str
    parts: tuple[Tree, ...] = ()
    word: str = ""
    place: Place = field(default_factory=Place)


def read(text: str) -> Tree:
    """Read the text of one expression.

    :raises RuleError: it holds anything that is not part of the language, with line, column and a hint
    """
    if not isinstance(text, str) or not text.strip():
        raise RuleError("这里是空的，没有写条件", Place())
    if len(text) > LONGEST:
        raise RuleError(f"太长了：最多 {LONGEST} 个字符", Place())
    return _read(text)


@lru_cache(maxsize=20_000)
def _read(text: str) -> Tree:
    return _Reader(text).tree()  # the same text is the same tree: packs are read again with every change that is tried


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.starts: list[int] = []  # where each kept word starts in the text given to sqlglot
        self.places: list[Place] = []  # where the same word stands in the text of the rule
        self.prepared = ""

    def place_of(self, offset: int) -> Place:
        line = bisect_right(self.line_starts, offset)
        return Place(line, offset - self.line_starts[line - 1] + 1)

    def tree(self) -> Tree:
        self._prepare(self._tokens())
        try:
            parsed = sqlglot.parse(self.prepared)
        except SqlglotError as why:
            raise self._not_parsed(why) from None
        except RecursionError:
            raise RuleError("套得太深了，请拆成几条条件", Place()) from None
        except Exception:  # the parser itself gave up on odd text: that is a refusal too, never a crash
            raise RuleError("这句话看不懂，请检查括号和逗号", Place()) from None
        if len(parsed) != 1 or parsed[0] is None:
            raise RuleError("一条条件里只能写一个式子", Place())
        tree = self._node(parsed[0], 0)
        if _words(parsed[0].sql()) != _words(self.prepared):  # the parser forgives (x between 1 2); we do not
            raise RuleError("有一个词多了、少了或者放错了地方", tree.place)
        return tree

    def _tokens(self) -> list[Token]:
        for offset, sign in enumerate(self.text):
            if sign in _WIDE_SIGNS and "'" not in self.text:
                raise RuleError(f"“{sign}”是中文符号", self.place_of(offset), f"，请改成英文的 {_WIDE_SIGNS[sign]}")
        try:
            tokens = list(sqlglot.tokenize(self.text))
        except Exception as why:
            raise RuleError("有引号没有配对，或者有看不懂的符号", self._line_and_column(str(why))) from None
        if len(tokens) > MOST_WORDS:
            raise RuleError(f"太长了：最多 {MOST_WORDS} 个词", Place())
        if not tokens:
            raise RuleError("这里是空的，没有写条件", Place())
        return tokens

    def _prepare(self, tokens: list[Token]) -> None:
        depth, calls = 0, []
        for number, token in enumerate(tokens):
            place = self.place_of(token.start)
            following = tokens[number + 1].token_type if number + 1 < len(tokens) else None
            before = tokens[number - 1] if number else None
            if token.comments:
                raise RuleError("式子里不能写注释，请写在 TOML 的 # 后面", place)
            word = token.text
            if token.token_type == TokenType.L_PAREN:
                depth += 1
                calls.append(before.text.lower() if before and _NAME.fullmatch(before.text) else "")
                if depth > DEEPEST:
                    raise RuleError("套得太深了，请拆成几条条件", place)
            elif token.token_type == TokenType.R_PAREN:
                depth -= 1
                if depth < 0:
                    raise RuleError("这个右括号没有对应的左括号", place)
                calls.pop()
            elif token.token_type == TokenType.STRING:
                if self.text[token.start : token.start + 1] != "'":
                    raise RuleError("文字要写在英文单引号里", place)
                word = "'" + word.replace("'", "''") + "'"
            elif token.token_type == TokenType.NUMBER:
                if not _NUMBER.fullmatch(word):
                    raise RuleError(f"“{word}”不是能用的数", place, "：整数最多 13 位，小数最多 12 位，不用科学记数")
            elif token.token_type == TokenType.WHERE:
                if not calls or calls[-1] != "sum":
                    raise RuleError("where 只能写在 sum(… where …) 里", place)
                word = ","
            elif token.token_type == TokenType.DOT:
                continue
            elif token.token_type == TokenType.IDENTIFIER:
                raise RuleError(f"双引号里的“{word}”看不懂", place, f"：文字请用英文单引号 '{word}'，名称不加引号")
            elif token.token_type in _KEPT:
                pass
            elif word.lower() == "date" and following == TokenType.STRING:
                self._keep("f_day", place)
                self._keep("(", place)
                continue
            elif _NAME.fullmatch(word) or _CHINESE_NAME.fullmatch(word):
                word = self._name(tokens, number, place)
                if not word:
                    continue
            else:
                raise RuleError(f"“{word}”不是规则里能用的写法", place)
            self._keep(word, place)
            if token.token_type == TokenType.STRING and before and before.text.lower() == "date":
                self._keep(")", place)
        if depth:
            raise RuleError("有左括号没有对应的右括号", self.place_of(tokens[-1].end))

    def _name(self, tokens: list[Token], number: int, place: Place) -> str:
        word = tokens[number].text
        after = [token.token_type for token in tokens[number + 1 : number + 3]]
        before = tokens[number - 1] if number else None
        if before is not None and before.token_type == TokenType.DOT:
            owner = tokens[number - 2].text if number > 1 else ""
            if number > 3 and tokens[number - 3].token_type == TokenType.DOT:
                raise RuleError(f"“{owner}.{word}”前面还有一个点，看不懂", place)
            return f"{'p' if owner == 'P' else 's'}_{word}"
        if after and after[0] == TokenType.DOT:
            if word not in ("P", "S") or len(after) < 2:
                raise RuleError(f"“{word}.”看不懂", place, "：参数写成 P.名称，前面算出的步骤写成 S.名称")
            return ""  # the prefix is kept with the name after the dot
        if after and after[0] == TokenType.L_PAREN:
            if word.lower() not in FUNCTIONS:
                hint = did_you_mean(word, FUNCTIONS) or f"；能用的有 {'、'.join(FUNCTIONS)}"
                raise RuleError(f"没有“{word}(…)”这个函数", place, hint)
            return f"f_{word.lower()}"
        return f"n_{word}"

    def _keep(self, word: str, place: Place) -> None:
        if self.prepared:
            self.prepared += " "
        self.starts.append(len(self.prepared))
        self.places.append(place)
        self.prepared += word

    def _origin(self, offset: int) -> Place:
        return self.places[max(bisect_right(self.starts, offset) - 1, 0)] if self.places else Place()

    def _line_and_column(self, message: str) -> Place:
        match = re.search(r"[Ll]ine (\d+), [Cc]ol(?:umn)?:? (\d+)", message)
        return Place(int(match[1]), int(match[2])) if match else Place()

    def _not_parsed(self, why: SqlglotError) -> RuleError:
        found = getattr(why, "errors", None) or [{}]
        column = found[0].get("col")
        place = self._origin(column - 1) if column else (self.places[-1] if self.places else Place())
        return RuleError("到这里看不懂了，请检查前后的词、逗号和括号", place)

    def _place(self, node: exp.Expression) -> Place:
        offsets = [part._meta["start"] for part in node.walk() if part._meta and "start" in part._meta]
        return self._origin(min(offsets)) if offsets else Place()

    def _node(self, node: exp.Expression, depth: int) -> Tree:
        if depth > DEEPEST:
            raise RuleError("套得太深了，请拆成几条条件", self._place(node))
        place, deeper = self._place(node), depth + 1
        match node:
            case exp.Paren():
                return self._node(node.this, deeper)
            case exp.And() | exp.Or():
                return Tree(
                    _BINARY[type(node)], tuple(self._node(part, deeper) for part in _chain(node, type(node))), place=place
                )
            case (
                exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE()
            ):
                return Tree(
                    _BINARY[type(node)], (self._node(node.this, deeper), self._node(node.expression, deeper)), place=place
                )
            case exp.Not():
                return Tree("not", (self._node(node.this, deeper),), place=place)
            case exp.Neg():
                return Tree("negative", (self._node(node.this, deeper),), place=place)
            case exp.Between():
                if set(key for key, value in node.args.items() if value) - {"this", "low", "high"}:
                    raise RuleError("between 只能写成 between 小 and 大", place)
                parts = tuple(self._node(node.args[key], deeper) for key in ("this", "low", "high"))
                return Tree("between", parts, place=place)
            case exp.In():
                if set(key for key, value in node.args.items() if value) - {"this", "expressions"}:
                    raise RuleError("in 后面要写括号里的清单，例如 in ('a', 'b')", place)
                if not node.expressions:
                    raise RuleError("in 后面的清单是空的", place, "：空清单谁也不算，请写出要算的值")
                return Tree("in", tuple(self._node(part, deeper) for part in (node.this, *node.expressions)), place=place)
            case exp.Is():
                if isinstance(node.expression, exp.Null):
                    return Tree("unknown", (self._node(node.this, deeper),), place=place)
                raise RuleError("is 后面只能写 null 或 not null", place, "：真假直接写名称，例如 not on_dibao")
            case exp.Case():
                return self._case(node, place, deeper)
            case exp.Anonymous():
                return self._call(node, place, deeper)
            case exp.Column():
                return self._reference(node, place)
            case exp.Literal():
                return Tree("text" if node.is_string else "number", word=node.this, place=place)
            case exp.Boolean():
                return Tree("truth", word="true" if node.this else "false", place=place)
            case exp.Null():
                raise RuleError("不能和 null 比较或计算", place, "：想问“是不是不知道”，请写 is null 或 is not null")
            case exp.Tuple():
                raise RuleError("这里多了逗号", place)
        raise RuleError("这里看不懂：规则里没有这种写法", place)

    def _case(self, node: exp.Case, place: Place, depth: int) -> Tree:
        subject = self._node(node.this, depth) if node.this is not None else None
        parts: list[Tree] = []
        for branch in node.args["ifs"]:
            when = self._node(branch.this, depth)
            parts.append(Tree("=", (subject, when), place=when.place) if subject is not None else when)
            parts.append(self._node(branch.args["true"], depth))
        if node.args.get("default") is not None:
            parts.append(self._node(node.args["default"], depth))
        if len(parts) < 2:
            raise RuleError("case 里至少要有一个 when … then …", place)
        return Tree("case", tuple(parts), place=place)

    def _call(self, node: exp.Anonymous, place: Place, depth: int) -> Tree:
        name = str(node.this).removeprefix("f_")
        least, most = FUNCTIONS[name]
        given = node.expressions
        if not least <= len(given) <= most:
            wanted = str(least) if least == most else f"{least} 到 {most}"
            raise RuleError(f"{name}(…) 里要写 {wanted} 项，现在是 {len(given)} 项", place)
        return Tree("call", tuple(self._node(part, depth) for part in given), word=name, place=place)

    def _reference(self, node: exp.Column, place: Place) -> Tree:
        if set(key for key, value in node.args.items() if value) - {"this"} or not isinstance(node.this, exp.Identifier):
            raise RuleError("这里看不懂：规则里没有这种写法", place)
        prefix, _, word = str(node.this.this).partition("_")
        kinds = {"n": "name", "p": "parameter", "s": "step"}
        if prefix not in kinds or not word:  # a keyword that the parser let stand as a name
            raise RuleError(f"“{node.this.this}”不能放在这里", place)
        return Tree(kinds[prefix], word=word, place=place)


def _words(text: str) -> Counter[str]:
    """Every word of an expression with how often it stands there; brackets and commas aside."""
    same = {"!=": "<>", "==": "="}
    words = (token.text.upper() for token in sqlglot.tokenize(text) if token.token_type not in _ASIDE)
    return Counter(same.get(word, word) for word in words)


def _chain(node: exp.Expression, kind: type[exp.Expression]) -> list[exp.Expression]:
    """`a and b and c` as one list, however sqlglot nested it."""
    parts: list[exp.Expression] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, kind):
            waiting += [part.expression, part.this]
        else:
            parts.append(part)
    return parts


def day_of(text: str) -> bool:
    """Whether a text is written as a day: 2026-07-01."""
    return bool(_DAY.fullmatch(text))
