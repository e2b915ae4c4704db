r"""Owns the page: where its sections, lists, boxes and references are, how it is spliced, and what proves a splice.

A page is bytes. The parser (parse.py) locates, this module maps what it found back to bytes; nothing is ever
rendered, and every byte that no Edit names is copied. Lines are cut at `\n`, `\r\n` and `\r` and nowhere else,
as CommonMark does (https://spec.commonmark.org/0.31.2/#line-ending).
Must not know boards, verdicts or files.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.dialects import Dialect
from roadmap_sync.page.naming import Left, origin_of
from roadmap_sync.references import Origin, Reference
from roadmap_sync.rules import Rules, composed

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
END = re.compile(rb"\r\n|\n|\r")
#: A line that closes a container, a shortcode or a tag. Right under an item CommonMark takes such a line for the
#: item's text; Docusaurus, GitBook, Hugo and MDX take it for the end of the container.
_CLOSER = re.compile(r"([ \t>]*)(?::::|///|\{[%{<]|</)")
_PIN_TAIL = re.compile(r"(?<![ \t])(?:[ \t]*(?:<!--(?:(?!-->).)*-->|\{/\*(?:(?!\*/\}).)*\*/\}))*[ \t]*\Z", re.DOTALL)

#: One block as the proof compares it: kind, level, state of the box or tightness, text. Lines are proved apart.
OutlineEntry = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes `start` to `end` (exclusive) of the page become `new`."""

    start: int
    end: int
    new: bytes


def splice(data: bytes, edits: Iterable[Edit], begin: int = 0, where: str = "") -> bytes:
    """Return the data with the edits made, those at one place in their order; what no edit names is copied.

    `begin` is the offset in the page at which the data begins, `where` the page, for errors.
    Raises RefusedError where two edits overlap.
    """
    kept: list[bytes] = []
    at = begin
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if edit.start < at:
            raise RefusedError("two edits overlap", where=where, hint="Please report this page.")
        kept += (data[at - begin : edit.start - begin], edit.new)
        at = edit.end
    return b"".join((*kept, data[at - begin :]))


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change makes of the outline: `count` entries from `at` on become `entries`."""

    at: int
    count: int
    entries: tuple[OutlineEntry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what is under it, up to the next heading of its level. Lines count from 1.

    `path` holds the titles from the top, without markup and attribute lists. `heading_end` is the heading's own last
    line, `outline_index` its place in the outline.
    """

    path: tuple[str, ...]
    level: int
    line: int
    end_line: int
    heading_end: int
    outline_index: int
    is_ignored: bool = False

    @property
    def name(self) -> str:
        """Return the path as the config writes it: `Key areas > Observability providers`."""
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class TaskList:
    """A list that holds a box of its own. `is_rendered` is false where MkDocs shows text in its place.

    `label` is the paragraph right above it, without markup and a colon at its end. `depth` counts the items it
    stands in. `bullets` are the first and last lines of all its items, plain ones too. `outline_end` is where its
    end stands in the outline.
    """

    line: int
    end_line: int
    section: int | None
    is_rendered: bool
    label: str
    depth: int
    bullets: tuple[tuple[int, int], ...]
    outline_end: int
    is_ignored: bool = False


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A checklist line; `end_line` is the last line of its subtree.

    `state` is the box's character (a blank, x or X), `start` its byte offset, `column` its place in the line,
    from 1. `content` is the raw text of its first paragraph, box included, lines joined by a newline.
    `outline_index` and `outline_end` are where that text and the item's end stand in the outline. `left` says why the
    line is left although it names something.
    """

    line: int
    end_line: int
    column: int
    start: int
    state: str
    content: str
    depth: int
    section: int | None
    outline_index: int
    outline_end: int
    references: tuple[Reference, ...]
    left: Left | None = None
    is_struck: bool = False
    is_ignored: bool = False
    is_known: bool = False

    @property
    def is_ticked(self) -> bool:
        """Whether the box is ticked; `[X]` is."""
        return self.state != " "

    @property
    def text(self) -> str:
        """Return the words after the box."""
        return self.content[3:].strip()

    @property
    def words(self) -> slice:
        """Return where in `content` the words stand: after the box's gap, before trailing blanks and comments."""
        text = self.content[3:].lstrip(" \t\v\f\n")
        start = len(self.content) - len(text)
        match = _PIN_TAIL.search(text)
        return slice(start, start + match.start() if match else len(self.content))


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read, located. `lines` are its texts without their ends, `starts` their byte offsets.

    `outline_lines` are the lines at which the outline's entries begin, or end, from 1.
    `scope` are the sections that the config's `sections` name.
    `mentions` are the references anywhere on the page outside code and comments, pins included, each once; they are
    gathered only where an area of the page may add lines. `near_boxes` are the lines of items that begin with what
    looks like a box and is none. `definitions` are its labels of links, and where they go.
    """

    path: str
    data: bytes = field(repr=False)
    rules: Rules = field(repr=False)
    host: str
    dialect: Dialect
    lines: tuple[str, ...] = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    sections: tuple[Section, ...]
    lists: tuple[TaskList, ...]
    items: tuple[TaskItem, ...]
    outline: tuple[OutlineEntry, ...] = field(repr=False)
    outline_lines: tuple[int, ...] = field(repr=False)
    scope: tuple[Section, ...] = field(repr=False)
    mentions: tuple[Reference, ...] = field(repr=False, default=())
    table_line: int | None = None
    near_boxes: tuple[int, ...] = ()
    definitions: tuple[tuple[str, str], ...] = field(repr=False, default=())

    @property
    def origin(self) -> Origin:
        """Return where the page stands, which decides what its relative links and short references mean."""
        return origin_of(self.rules, self.host)

    @property
    def digest(self) -> str:
        """Return the fingerprint of the page's bytes, `sha256:` and hex."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"

    @property
    def strikes_render(self) -> bool:
        """Whether `~~` is known to strike here: by the dialect, or since an item of the page uses it."""
        return self.dialect.strikes or any("~~" in item.content for item in self.items)

    def section_name(self, item: TaskItem) -> str:
        """Return the path of the item's section; empty before the first heading."""
        return self.sections[item.section].name if item.section is not None else ""

    def find_sections(self, path: str) -> tuple[Section, ...]:
        """Return the sections that a heading path of the config names: the last title, somewhere under the others."""
        return tuple(section for section in self.sections if is_named(path, section))

    def is_selected(self, item: TaskItem) -> bool:
        """Whether the config's `sections` let the item be touched: it is under one of them, or there are none."""
        return not self.rules.sections or any(one.line <= item.line <= one.end_line for one in self.scope)

    def is_settled(self, section: Section) -> bool:
        """Whether a section stands under a lifecycle heading: then its area is finished and is not changed."""
        lifecycle = self.rules.lifecycle
        names = [name for name in (lifecycle.launched_heading, lifecycle.dropped_heading) if name]
        over = [one for name in names for one in self.find_sections(name)]
        return any(one.line <= section.line <= one.end_line for one in over)

    def offset(self, item: TaskItem, index: int) -> int:
        """Return the byte offset of a character of `item.content`.

        Raises RefusedError where the page's line does not end as the parser said: then nothing is safe.
        """
        number = item.line - 1 + item.content.count("\n", 0, index)
        begin = item.content.rfind("\n", 0, index) + 1
        column = column_of(self.lines, number, item.content[begin:].split("\n", 1)[0], self.path) + index - begin
        return self.starts[number] + len(self.lines[number][:column].encode())

    def start_of(self, line: int) -> int:
        """Return the byte offset of a line's beginning; the page's end for the line after the last."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.data)

    def closes_more(self, line: int, indent: int) -> bool:
        """Whether a line, indented by at most `indent`, closes a container opened above the list.

        `:::`, `{% end %}` and `</p>` do; CommonMark reads them as the text of the list's last item.
        """
        match = _CLOSER.match(self.lines[line - 1])
        return match is not None and len(match[1]) <= indent

    def text_of(self, first: int, last: int) -> str:
        """Return the lines `first` to `last` (from 1, inclusive) joined by newlines."""
        return "\n".join(self.lines[first - 1 : last])

    def text_bytes(self, first: int, last: int) -> bytes:
        """Return the bytes of the lines `first` to `last` (from 1, inclusive) with their ends."""
        return self.data[self.start_of(first) : self.start_of(last + 1)]

    def apply(self, edits: Iterable[Edit]) -> bytes:
        """Return the page's bytes with the edits made; what no edit names is copied.

        Raises RefusedError where two edits overlap.
        """
        return splice(self.data, edits, where=self.path)


def is_named(path: str, section: Section) -> bool:
    """Whether a heading path names the section: the last title is its own, the others stand above it in this order."""
    wanted = [composed(part.strip()) for part in path.split(" > ")]
    titles = [composed(title) for title in section.path]
    rest: Iterator[str] = iter(titles)
    return titles[-1] == wanted[-1] and all(title in rest for title in wanted)


def column_of(lines: Sequence[str], number: int, content: str, path: str) -> int:
    """Return where in a line its content begins (a negative number: blanks that the parser made of a cut tab).

    The parser takes away only what stands before the content, and blanks after it.
    """
    line, bare = lines[number].replace("\0", "\ufffd").rstrip(), content.strip()
    if not line.endswith(bare):
        raise RefusedError(
            "cannot find the text of this item", where=f"{path}:{number + 1}", hint="Please report the page."
        )
    return len(line) - len(bare) - (len(content) - len(content.lstrip()))
