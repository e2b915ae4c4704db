"""Owns where blocks, links and comments stand in Markdown, per dialect; the one module that knows the parser.

The parser only locates: nothing is ever rendered. Lines are cut by the caller as the parser cuts them
(https://spec.commonmark.org/0.31.2/#line-ending); every line number here counts from 0.
What a dialect's containers indent (admonitions, tabs) is read as Markdown of its own.
Must not know boxes, references or edits.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
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
    """A part of inline text: running `text`, a `link`'s destination, or a `comment` with its markers.

    `words` are those that a link shows, without markup; an image's are its description.
    """

    kind: Literal["text", "link", "comment"]
    value: str
    is_struck: bool = False
    words: str = ""


class Markdown:
    """A parser for one page: link definitions (`[label]: URL`) found in its blocks are used for its inline text."""

    def __init__(self, *, is_mdx: bool = False, definitions: Iterable[tuple[str, str]] = ()) -> None:
        self._parser = _parser(is_mdx)
        self._defined: dict[str, tuple[int, str]] = {label: (0, target) for label, target in definitions}

    def blocks(self, lines: Sequence[str], dialect: Dialect) -> list[Block]:
        """Return the blocks of the page's lines (without their ends)."""
        if dialect.container is None:
            return list(_blocks(self._tokens(lines, dialect), 0, lines))
        return list(self._with_containers(list(lines), 0, dialect))

    @property
    def definitions(self) -> tuple[tuple[str, str], ...]:
        """Return each label of a link definition with its URL."""
        return tuple(sorted((label, target) for label, (_, target) in self._defined.items()))

    def has_containers(self, lines: Sequence[str], dialect: Dialect) -> bool:
        """Whether a container of the dialect stands on the page, outside code."""
        return _is_suspect(lines, dialect) and bool(_container_lines(self._parsed(lines)[0], lines, dialect))

    def inline(self, text: str) -> list[Piece]:
        """Return the running text, links and comments of a paragraph's or heading's raw text."""
        return _pieces(self._inline(text))

    def plain(self, text: str) -> str:
        """Return the words of a heading: its text without markup, blanks folded."""
        if not re.search(r"[*_`\[<&\\~!]", text):
            return " ".join(text.split())
        tokens = self._inline(text)
        words = "".join(t.content if t.type in _WORDS else " " * (t.type in _BREAKS) for t in _flat(tokens))
        return " ".join(words.split())

    def _inline(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        known = {label: {"href": target, "title": ""} for label, (_, target) in self._defined.items()}
        self._parser.inline.parse(text, self._parser, {"references": known}, tokens)
        return tokens

    def _parsed(self, lines: Sequence[str]) -> tuple[list[Token], list[tuple[str, int, str]]]:
        """Return the tokens of some lines, and the labels that they define, each with its line and target."""
        env: dict[str, Any] = {}
        tokens = self._parser.parse("\n".join(lines), env)
        first = [{"label": label, **one} for label, one in env.get("references", {}).items()]
        return tokens, [(one["label"], one["map"][0], one["href"]) for one in (*first, *env.get("duplicate_refs", ()))]

    def _tokens(self, lines: Sequence[str], dialect: Dialect, offset: int = 0) -> list[Token]:
        """Return the tokens of some lines of the page, the first of them at `offset`, and note what they define."""
        tokens, defined = self._parsed(lines)
        for label, line, target in defined:
            known = self._defined.get(label)
            is_first = known is None or (offset + line < known[0]) is dialect.first_label_counts
            # `[^1]: …` is a footnote to both renderers, which the parser does not know: its text is no link here.
            if is_first and not label.startswith("^"):
                self._defined[label] = (offset + line, target)
        return tokens

    def _with_containers(self, lines: list[str], offset: int, dialect: Dialect) -> Iterator[Block]:
        """Yield the blocks with each container's dedented body parsed in its place."""
        bodies = _containers(self._parsed(lines)[0], lines, dialect) if _is_suspect(lines, dialect) else []
        masked = _masked(lines, bodies)
        waiting = list(bodies)
        for block in _blocks(self._tokens(masked, dialect, offset), offset, masked):
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
_SHOWN = _WORDS | _BREAKS | {"image"}


@cache
def _parser(is_mdx: bool) -> MarkdownIt:  # noqa: FBT001 - the cache's key
    # By default the parser silently drops lists that are nested deeper than 20 levels.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    # URLs are compared, never rendered: to escape and check them would take most of the time.
    setattr(parser, "normalizeLink", str)  # noqa: B010 - the parser's hooks are methods to a type checker
    setattr(parser, "validateLink", bool)  # noqa: B010
    opening = _MDX_COMMENT if is_mdx else _MDX_DIRECTIVE
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "mdx_comment", partial(_mdx_block, opening), alt)
    parser.inline.ruler.before("link", "mdx_comment", partial(_mdx_inline, opening))
    return parser


#: Docusaurus reads `.md` as MDX, so that our own comments count on any page; others are text outside MDX.
_MDX_COMMENT = re.compile(r"\{/\*")
_MDX_DIRECTIVE = re.compile(r"\{/\*\s*roadmap-sync\b", re.IGNORECASE)


def _mdx_block(opening: re.Pattern[str], state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Take `{/* … */}` at a line's start as a block, as MDX does (https://mdxjs.com/docs/what-is-mdx/)."""
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not opening.match(state.src, first):
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


def _mdx_inline(opening: re.Pattern[str], state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    """Take `{/* … */}` within a line as one comment."""
    if not opening.match(state.src, state.pos):
        return False
    close = state.src.find("*/}", state.pos + 3)
    if close < 0:
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
            level = token.level
            index = next(
                i for i in range(index + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == level
            )
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
    width = _indent(_unquoted(prefix, quotes) or "") + indent
    inner: list[str] = []
    for line in lines[header + 1 :]:
        rest = _unquoted(line, quotes)
        if rest is None or (rest.strip() and _indent(rest) < width):
            break
        # A tab that is cut leaves its other columns as blanks.
        inner.append(" " * max(0, _indent(rest) - width) + rest.lstrip(" \t"))
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


def _indent(line: str) -> int:
    """Return by how many columns a line is indented."""
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(_TAB))


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
    """How many links, strikes and code tags are open at the current inline token, and the pieces so far.

    `opened` is the index of the outermost open link among the pieces, `words` the text that it has shown so far.
    """

    links: int = 0
    strikes: int = 0
    code: int = 0
    opened: int = 0
    words: str = ""
    pieces: list[Piece] = field(default_factory=list)

    def add(self, kind: Literal["text", "link", "comment"], value: str, words: str = "") -> None:
        self.pieces.append(Piece(kind, value, self.strikes > 0, words))

    def open_link(self, destination: str) -> None:
        if not self.links:
            self.opened, self.words = len(self.pieces), ""
        self.add("link", destination)
        self.links += 1

    def close_link(self) -> None:
        self.links -= 1
        if not self.links:
            self.pieces[self.opened] = replace(self.pieces[self.opened], words=self.words)


def _pieces(tokens: list[Token]) -> list[Piece]:
    """Walk inline tokens. The words of a link or an image, and code, are not running text."""
    state, text = _InlineState(), ""
    for token in tokens:
        if state.links and token.type in _SHOWN:
            state.words += "\n" if token.type in _BREAKS else token.content
        if token.type in {"text", "text_special", *_BREAKS}:
            if not state.links and not state.code:
                text += _running(token)
            continue
        if text:
            state.add("text", text)
            text = ""
        _mark(token, state)
    if text:
        state.add("text", text)
    while state.links:  # raw HTML may leave a link open to the end
        state.close_link()
    return state.pieces


def _running(token: Token) -> str:
    if token.type in _BREAKS:
        return "\n"
    # In `\#1` the backslash says that this is no reference, so the `#` must not reach the reader of references.
    escaped = token.type == "text_special" and token.info == "escape" and token.content in "#/"
    return "\ufffc" if escaped else token.content


def _mark(token: Token, state: _InlineState) -> None:
    """Add the piece of a token that is not running text, and count the links, strikes and code it opens or closes."""
    match token.type:
        case "s_open" | "s_close":
            state.strikes += token.nesting
        case "link_open":
            state.open_link(str(token.attrGet("href") or ""))
        case "link_close":
            state.close_link()
        case "image" if not state.links:
            state.add("link", str(token.attrGet("src") or ""), token.content)
        case "html_inline":
            _take_html(token.content, state)


def _take_html(html: str, state: _InlineState) -> None:
    if html.startswith(("<!--", "{/*")):
        state.add("comment", html)
    elif anchor := _ANCHOR.match(html):
        state.open_link(anchor[1] or anchor[2] or anchor[3] or "")
    elif html.lower().startswith("</a") and state.links:
        state.close_link()
    elif tag := _CODE_TAG.match(html):
        state.code = max(0, state.code + (-1 if tag[1] else 1))
    elif tag := _STRIKE_TAG.match(html):
        state.strikes = max(0, state.strikes + (-1 if tag[1] else 1))
