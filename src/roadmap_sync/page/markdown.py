"""Owns where blocks, links and comments stand in Markdown, per dialect; the one module that knows the parser.

The parser only locates: nothing is ever rendered. Lines are cut by the caller as the parser cuts them
(https://spec.commonmark.org/0.31.2/#line-ending); every line number here counts from 0.
What a dialect's containers indent (admonitions, tabs) is read as Markdown of its own.
Must not know boxes, references or edits.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from roadmap_sync.page.dialects import Dialect

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

_QUOTE = re.compile(r"[ \t]{0,3}> ?")
_ANCHOR = re.compile(r"""<a(?=\s)[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
#: Text between these tags is shown as code.
_CODE_TAG = re.compile(r"<(/?)(?:code|kbd|pre|samp|tt)\b", re.IGNORECASE)
#: Text between these tags is shown struck out on GitHub, as between `~~`.
_STRIKE_TAG = re.compile(r"<(/?)(?:del|s|strike)(?=[\s/>])", re.IGNORECASE)
_TAB = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One block, or the end of one (`list_end`, `item_end`, …), in document order.

    `line` to `end` (exclusive) are its lines, blank lines after it not counted. `text` is the raw inline text of
    a paragraph or heading, else the block's content; for a list its bullet or delimiter. `level` is a heading's
    level, an ordered list's first number. `is_tight` is a paragraph's that a tight list does not wrap.
    """

    kind: str
    line: int
    end: int
    text: str = ""
    level: int = 0
    is_tight: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of inline text: running `text`, a `link`'s destination, or a `comment` with its markers."""

    kind: Literal["text", "link", "comment"]
    value: str
    is_struck: bool = False


class Markdown:
    """A parser for one page: link definitions (`[label]: URL`) found in its blocks are used for its inline text."""

    def __init__(self, *, is_mdx: bool = False) -> None:
        self._parser = _parser(is_mdx)
        self._definitions: dict[str, Any] = {}

    def blocks(self, lines: Sequence[str], dialect: Dialect) -> list[Block]:
        """Return the blocks of the page's lines (without their ends)."""
        if dialect.container is None:
            return list(_blocks(self._tokens(lines), 0, lines))
        return list(self._with_containers(list(lines), 0, dialect))

    @property
    def definitions(self) -> tuple[tuple[str, str], ...]:
        """Return each label of a link definition with its URL; of several definitions of one label the first counts."""
        found = self._definitions.get("references", {})
        return tuple(sorted((label, one["href"]) for label, one in found.items()))

    def has_containers(self, lines: Sequence[str], dialect: Dialect) -> bool:
        """Whether a container of the dialect stands on the page, outside code."""
        return _is_suspect(lines, dialect) and bool(_container_lines(self._tokens(lines), lines, dialect))

    def inline(self, text: str) -> list[Piece]:
        """Return the running text, links and comments of a paragraph's or heading's raw text."""
        tokens: list[Token] = []
        self._parser.inline.parse(text, self._parser, self._definitions, tokens)
        return list(_pieces(tokens))

    def plain(self, text: str) -> str:
        """Return the words of a heading: its text without markup, blanks folded."""
        if not re.search(r"[*_`\[<&\\~!]", text):
            return " ".join(text.split())
        tokens: list[Token] = []
        self._parser.inline.parse(text, self._parser, self._definitions, tokens)
        words = "".join(t.content if t.type in _WORDS else " " * (t.type in _BREAKS) for t in _flat(tokens))
        return " ".join(words.split())

    def _tokens(self, lines: Sequence[str]) -> list[Token]:
        tokens = self._parser.parse("\n".join(lines), self._definitions)
        # `[^1]: …` is a footnote to both renderers. The parser does not know footnotes and takes it for a link.
        definitions = self._definitions.get("references", {})
        for label in [label for label in definitions if label.startswith("^")]:
            del definitions[label]
        return tokens

    def _with_containers(self, lines: list[str], offset: int, dialect: Dialect) -> Iterator[Block]:
        """Yield the blocks with each container's dedented body parsed in its place."""
        bodies = _containers(self._tokens(lines), lines, dialect) if _is_suspect(lines, dialect) else []
        masked = _masked(lines, bodies)
        waiting = list(bodies)
        for block in _blocks(self._tokens(masked), offset, masked):
            yield _unmasked(block, bodies, offset)
            while waiting and block.kind == "paragraph" and waiting[0].header < block.end - offset:
                body = waiting.pop(0)
                yield Block("container", body.header + offset, body.end + offset)
                yield from self._with_containers(list(body.lines), body.header + 1 + offset, dialect)
                yield Block("container_end", body.end + offset, body.end + offset)


@dataclass(frozen=True, slots=True)
class _Body:
    """What a container's header line indents: `lines` without that indentation."""

    header: int
    end: int
    prefix: str
    lines: tuple[str, ...]


_WORDS = frozenset({"text", "text_special", "code_inline"})
_BREAKS = frozenset({"softbreak", "hardbreak"})


@cache
def _parser(is_mdx: bool) -> MarkdownIt:  # noqa: FBT001 - the cache's key
    # By default the parser silently drops lists that are nested deeper than 20 levels.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    # URLs are compared, never rendered: to escape and check them would take most of the time.
    setattr(parser, "normalizeLink", str)  # noqa: B010 - the parser's hooks are methods to a type checker
    setattr(parser, "validateLink", bool)  # noqa: B010
    if is_mdx:
        alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
        parser.block.ruler.before("fence", "mdx_comment", _mdx_block, alt)
        parser.inline.ruler.before("link", "mdx_comment", _mdx_inline)
    return parser


def _mdx_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Take `{/* … */}` at a line's start as a block, as MDX does (https://mdxjs.com/docs/what-is-mdx/)."""
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("{/*", first):
        return False
    line = start
    while line < end and "*/}" not in state.src[state.bMarks[line] : state.eMarks[line]]:
        line += 1
    if line >= end:
        return False
    if not silent:
        state.line = line + 1
        token = state.push("html_block", "", 0)
        token.map = [start, state.line]
        token.content = state.getLines(start, state.line, state.blkIndent, keepLastLF=True)
    return True


def _mdx_inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Take `{/* … */}` within a line as one comment."""
    close = state.src.find("*/}", state.pos + 3)
    if not state.src.startswith("{/*", state.pos) or close < 0:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = state.src[state.pos : close + 3]
    state.pos = close + 3
    return True


def _blocks(tokens: list[Token], offset: int, lines: Sequence[str]) -> Iterator[Block]:
    """Turn the parser's tokens into blocks, their line numbers moved by `offset`."""
    opened: list[tuple[str, int]] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        start, end = _span(token, lines)
        if token.type == "table_open":
            yield Block("table", start + offset, end + offset, "\n".join(lines[start:end]))
            index = _closing(tokens, index)
        elif token.type in {"paragraph_open", "heading_open"}:
            kind, level = token.type[:-5], int(token.tag[1:]) if token.tag[0] == "h" else 0
            yield Block(kind, start + offset, end + offset, tokens[index + 1].content, level, token.hidden)
            index += 2
        elif token.nesting == 1:
            kind = _KINDS[token.type]
            opened.append((kind, end + offset))
            first = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else 0
            yield Block(kind, start + offset, end + offset, token.markup if kind == "list" else "", first)
        elif token.nesting == -1:
            kind, last = opened.pop()
            yield Block(f"{kind}_end", last, last)
        else:
            yield Block(_KINDS[token.type], start + offset, end + offset, token.content)
        index += 1


_KINDS = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
}


def _span(token: Token, lines: Sequence[str]) -> tuple[int, int]:
    """Return a token's lines without the blank lines after an item or list, which the parser counts to it."""
    if token.map is None:
        return 0, 0
    start, end = token.map
    end = min(end, len(lines))
    while end > start + 1 and not lines[end - 1].strip(" \t>"):
        end -= 1
    return start, end


def _closing(tokens: list[Token], index: int) -> int:
    level = tokens[index].level
    return next(i for i in range(index + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == level)


def _is_suspect(lines: Iterable[str], dialect: Dialect) -> bool:
    """Whether a container may begin in one of the lines: a cheap look before an expensive one."""
    return any(mark in line for mark in dialect.container_marks for line in lines)


def _container_lines(tokens: list[Token], lines: Sequence[str], dialect: Dialect) -> list[tuple[int, str]]:
    """Return the lines of paragraphs that head a container, each with its quote and indent."""
    found = []
    for token, inline in pairwise(tokens):
        if token.type == "paragraph_open" and token.map and _is_suspect([inline.content], dialect):
            for line in range(*token.map):
                prefix = _prefix(lines[line])
                if dialect.container and dialect.container.fullmatch(lines[line][len(prefix) :].rstrip("\r")):
                    found.append((line, prefix))
    return found


def _prefix(line: str) -> str:
    """Return the quote marks and blanks before a line's text."""
    end = 0
    while match := _QUOTE.match(line, end):
        end = match.end()
    return line[: len(line) - len(line[end:].lstrip(" \t"))]


def _containers(tokens: list[Token], lines: list[str], dialect: Dialect) -> list[_Body]:
    """Return the outermost containers that have a body, in order."""
    bodies: list[_Body] = []
    for header, prefix in _container_lines(tokens, lines, dialect):
        if not bodies or header >= bodies[-1].end:
            body = _body(header, prefix, lines, dialect.indent)
            if body.lines:
                bodies.append(body)
    return bodies


def _body(header: int, prefix: str, lines: list[str], indent: int) -> _Body:
    """Collect the lines under a header that are blank or indented by `indent` columns more than it."""
    quotes = prefix.count(">")
    width = _width(prefix, quotes) + indent
    inner: list[str] = []
    for line in lines[header + 1 :]:
        rest = _unquoted(line, quotes)
        if rest is None or (rest.strip() and _width(rest[: len(rest) - len(rest.lstrip(" \t"))], 0) < width):
            break
        inner.append(_dedented(rest, width))
    while inner and not inner[-1].strip():
        inner.pop()
    return _Body(header, header + 1 + len(inner), prefix, tuple(inner))


def _unquoted(line: str, quotes: int) -> str | None:
    for _ in range(quotes):
        match = _QUOTE.match(line)
        if match is None:
            return None
        line = line[match.end() :]
    return line


def _width(blanks: str, quotes: int) -> int:
    return len((_unquoted(blanks, quotes) or "").expandtabs(_TAB))


def _dedented(line: str, width: int) -> str:
    """Take `width` columns of blanks off a line; a tab that is cut leaves its other columns as blanks."""
    bare = line.lstrip(" \t")
    return " " * max(0, len(line[: len(line) - len(bare)].expandtabs(_TAB)) - width) + bare


def _masked(lines: list[str], bodies: list[_Body]) -> list[str]:
    """Make each container one paragraph, so that its body has no effect on how the lines around it are read."""
    masked = list(lines)
    for body in bodies:
        masked[body.header + 1 : body.end] = [f"{body.prefix}x"] * len(body.lines)
    return masked


def _unmasked(block: Block, bodies: Sequence[_Body], offset: int) -> Block:
    """Take out of a paragraph's text the lines that `_masked` put in; the blocks of the container's body follow."""
    inside = {line for body in bodies for line in range(body.header + 1, body.end)}
    if block.kind != "paragraph" or inside.isdisjoint(range(block.line - offset, block.end - offset)):
        return block
    kept = (text for line, text in enumerate(block.text.split("\n"), block.line - offset) if line not in inside)
    return replace(block, text="\n".join(kept))


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _flat(token.children)


@dataclass(slots=True)
class _InlineState:
    """How many links, strikes and code tags are open at the current inline token."""

    links: int = 0
    strikes: int = 0
    code: int = 0


def _pieces(tokens: list[Token]) -> Iterator[Piece]:
    """Walk inline tokens. The words of a link or an image, and code, are not running text."""
    state, text = _InlineState(), ""
    for token in tokens:
        if token.type in {"text", "text_special", *_BREAKS}:
            if not state.links and not state.code:
                text += _running(token)
            continue
        if text:
            yield Piece("text", text, state.strikes > 0)
            text = ""
        yield from _marked(token, state)
    if text:
        yield Piece("text", text, state.strikes > 0)


def _running(token: Token) -> str:
    if token.type in _BREAKS:
        return "\n"
    # In `\#1` the backslash says that this is no reference, so the `#` must not reach the reader of references.
    escaped = token.type == "text_special" and token.info == "escape" and token.content in "#/"
    return "\ufffc" if escaped else token.content


def _marked(token: Token, state: _InlineState) -> Iterator[Piece]:
    """Yield the piece of a token that is not running text, and count the links, strikes and code it opens or closes."""
    struck = state.strikes > 0
    match token.type:
        case "s_open" | "s_close":
            state.strikes += token.nesting
        case "link_open":
            yield Piece("link", str(token.attrGet("href") or ""), struck)
            state.links += 1
        case "link_close":
            state.links -= 1
        case "image" if not state.links:
            yield Piece("link", str(token.attrGet("src") or ""), struck)
        case "html_inline":
            yield from _raw_html(token.content, state)


def _raw_html(html: str, state: _InlineState) -> Iterator[Piece]:
    if html.startswith(("<!--", "{/*")):
        yield Piece("comment", html, state.strikes > 0)
    elif anchor := _ANCHOR.match(html):
        yield Piece("link", anchor[1] or anchor[2] or anchor[3] or "", state.strikes > 0)
        state.links += 1
    elif html.lower().startswith("</a") and state.links:
        state.links -= 1
    elif tag := _CODE_TAG.match(html):
        state.code = max(0, state.code + (-1 if tag[1] else 1))
    elif tag := _STRIKE_TAG.match(html):
        state.strikes = max(0, state.strikes + (-1 if tag[1] else 1))
