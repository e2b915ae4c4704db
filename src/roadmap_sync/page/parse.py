r"""Owns how a page is located: from bytes and rules to a Page, with every section, list, box, reference and directive.

Lines are cut at `\n`, `\r\n` and `\r` and nowhere else, as CommonMark does
(https://spec.commonmark.org/0.31.2/#line-ending). Must not know boards, verdicts or files.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from roadmap_sync.errors import InputError
from roadmap_sync.page import directives
from roadmap_sync.page.dialects import DIALECTS, Dialect, dialect_of
from roadmap_sync.page.directives import Directive
from roadmap_sync.page.markdown import Block, Markdown, Piece
from roadmap_sync.page.model import END, LINE, OutlineEntry, Page, Section, TaskItem, TaskList, column_of, is_named
from roadmap_sync.page.naming import Left, Naming, origin_of, read_naming
from roadmap_sync.references import Origin, Reference
from roadmap_sync.rules import Rules

_BOM = b"\xef\xbb\xbf"
#: A box is followed by white space or nothing (https://github.github.com/gfm/#task-list-items-extension-).
_BOX = re.compile(r"\[([ xX])\](?=[ \t\v\f\n]|\Z)")
#: What looks like a box and is none to GitHub (https://github.com/github/cmark-gfm/issues/192): a blank other than the
#: usual ones in it or behind it, a blank beside the x, no blank behind it. `[x](…)` and `[x]: …` are links.
_NEAR_BOX = re.compile(
    r"\[(?:[^\S\n]|[\u200b\u2060\ufeff])*(?:[xX](?:[^\S\n]|[\u200b\u2060\ufeff])*)?(?<!\[)\](?![(\[:])"
)
#: How a struck text begins; GitHub takes one tilde at each end as well, but `~5` and `~5 to ~8` are words.
_STRUCK = re.compile(r"~~|<(?:del|s|strike)[\s>]|~(?![\s~])[^~]*(?<!\s)~(?![\w~])", re.IGNORECASE)
#: What stands at the end of a heading between braces. Blanks are looked at once, from the first of them.
_ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*\{:?[ \t]*[#.\w][^{}]*\}[ \t]*\Z")
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}


def parse(data: bytes, rules: Rules, host: str, above: Dialect | None = None) -> Page:
    """Locate everything on a page. `above` is the dialect that a site's file announces, for `dialect = "auto"`.

    Raises InputError, with the place, where the bytes are no UTF-8 or a directive is wrong.
    """
    lines, starts = _cut(data, rules.path)
    markdown = Markdown(is_mdx=rules.path.endswith(".mdx"))
    shown = _without_front_matter(lines)
    dialect = dialect_of(rules.dialect) or above
    # Its containers tell which one a page is in; without any it is in the first.
    dialect = dialect or next((one for one in DIALECTS if markdown.has_containers(shown, one)), DIALECTS[0])
    walk = _BlockWalk(markdown, rules, origin_of(rules, host), dialect, len(shown), markdown.blocks(shown, dialect))
    walk.run()
    return Page(
        rules.path,
        data,
        rules,
        host,
        dialect,
        lines,
        starts,
        tuple(replace(one, is_ignored=bool(walk.ignored[one.line - 1])) for one in walk.sections),
        tuple(replace(one, is_ignored=walk.is_left(one)) for one in sorted(walk.lists, key=lambda one: one.line)),
        tuple(_placed(draft, walk, lines, starts) for draft in walk.drafts),
        tuple(walk.outline),
        tuple(walk.outline_lines),
        tuple(one for one in walk.sections if any(is_named(path, one) for path in rules.sections)),
        tuple(walk.mentions.values()),
        walk.table_line,
        tuple(line for line in walk.near_boxes if not walk.ignored[line - 1]),
        markdown.definitions,
    )


def parse_again(page: Page, data: bytes) -> Page:
    """Locate everything in other bytes of the same page, by the same rules and in the same dialect."""
    return parse(data, page.rules, page.host, page.dialect)


def _cut(data: bytes, path: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Cut the bytes into lines without their ends, and the offset at which each begins."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = 1 + len(END.findall(data[: error.start]))
        raise InputError(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            where=f"{path}:{line}",
            hint="Save the page as UTF-8; nothing was changed.",
        ) from None
    bom = len(_BOM) if data.startswith(_BOM) else 0
    found = [(m.start(), m[0]) for m in LINE.finditer(data, bom) if m[0]] or [(bom, b"")]
    return tuple(raw.rstrip(b"\r\n").decode() for _, raw in found), tuple(start for start, _ in found)


def _without_front_matter(lines: Sequence[str]) -> list[str]:
    """Blank out YAML or TOML front matter, which is no Markdown; replace a NUL as the parser does."""
    shown = [line.replace("\0", "\ufffd") for line in lines]
    ends = _FENCES.get(shown[0].rstrip(), ())
    close = next((i for i, line in enumerate(shown[1:], 1) if line.rstrip() in ends), None)
    return shown if close is None else [""] * (close + 1) + shown[close + 1 :]


@dataclass(slots=True)
class _Draft:
    """A list item that is still being read: its end, pins and sub-items may follow."""

    line: int
    end: int
    depth: int
    section: int | None
    content: str = ""
    outline_index: int = -1
    outline_end: int = -1
    references: tuple[Reference, ...] = ()
    left: Left | None = None
    pin: Reference | None = None
    is_struck: bool = False
    is_known: bool = False


def _placed(draft: _Draft, walk: "_BlockWalk", lines: Sequence[str], starts: Sequence[int]) -> TaskItem:
    """Turn a draft into a task item with the place of its box."""
    column = column_of(lines, draft.line, draft.content.split("\n", 1)[0], walk.rules.path)
    line = lines[draft.line]
    return TaskItem(
        line=draft.line + 1,
        end_line=draft.end,
        column=column + 2,
        start=starts[draft.line] + len(line[: column + 1].encode()),
        state=draft.content[1],
        content=draft.content,
        depth=draft.depth,
        section=draft.section,
        outline_index=draft.outline_index,
        outline_end=draft.outline_end,
        references=(draft.pin,) if draft.pin else draft.references,
        left=None if draft.pin else draft.left,
        is_struck=draft.is_struck,
        is_ignored=bool(walk.ignored[draft.line]),
        is_known=draft.is_known,
    )


@dataclass(slots=True)
class _OpenList:
    """A list that is still being read: what is known at its start, and what it holds so far."""

    found: TaskList
    bullets: list[tuple[int, int]] = field(default_factory=list)
    has_box: bool = False


@dataclass(slots=True)
class _BlockWalk:
    """One pass over a page's blocks that gathers sections, lists, items and the outline. `size` counts the lines."""

    markdown: Markdown
    rules: Rules
    origin: Origin
    dialect: Dialect
    size: int
    blocks: Sequence[Block]
    sections: list[Section] = field(default_factory=list)
    lists: list[TaskList] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    outline: list[OutlineEntry] = field(default_factory=list)
    outline_lines: list[int] = field(default_factory=list)
    table_line: int | None = None
    near_boxes: list[int] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    ignored: bytearray = field(init=False)
    is_gathering: bool = field(init=False)
    items: list[_Draft] = field(default_factory=list)
    open_lists: list[_OpenList] = field(default_factory=list)
    mentions: dict[str, Reference] = field(default_factory=dict)
    quotes: int = 0

    def __post_init__(self) -> None:
        self.ignored = bytearray(self.size + 1)
        self.is_gathering = any(area.adds for area in self.rules.areas)

    def run(self) -> None:
        """Read all blocks; afterwards the attributes hold what the page is made of."""
        for index, block in enumerate(self.blocks):
            self.outline.append((block.kind, block.level, "tight" if block.is_tight else "", block.text))
            self.outline_lines.append(block.line + (0 if block.kind.endswith("_end") else 1))
            self._enter(index, block)
            is_text = block.kind in {"paragraph", "code"}
            if is_text and self.items and self.blocks[index - 1].kind == "item":
                self._first_text(index, block)
            elif block.kind != "code":
                self._mention(block)
                if directives.is_mentioned(block.text):
                    self._directives(index, block)
        self._close_sections(0, self.size)

    def _enter(self, index: int, block: Block) -> None:
        """Note which section, list or item a block opens or closes."""
        match block.kind:
            case "heading":
                self._heading(block)
            case "list":
                self._list(index, block)
            case "list_end":
                self._end_list()
            case "item":
                section = len(self.sections) - 1 if self.sections else None
                self.items.append(_Draft(block.line, block.end, len(self.items) + 1, section))
                self.open_lists[-1].bullets.append((block.line + 1, block.end))
            case "item_end":
                self.items.pop().outline_end = len(self.outline) - 1
            case "quote" | "quote_end":
                self.quotes += 1 if block.kind == "quote" else -1
            case "table" | "html":
                self._table(block)

    def _table(self, block: Block) -> None:
        """Remember the first table, Markdown's or HTML's: a page without a checklist may keep its plan there."""
        at = 0 if block.kind == "table" else block.text.lower().find("<table")
        if self.table_line is None and at >= 0:
            self.table_line = block.line + 1 + block.text.count("\n", 0, at)

    def _heading(self, block: Block) -> None:
        """Open a section; a heading inside a list item or quote opens none."""
        if self.items or self.quotes:
            return
        self._close_sections(block.level, block.line)
        title = self.markdown.plain(_ATTRIBUTES.sub("", block.text))
        above = next((s.path for s in reversed(self.sections) if s.end_line == 0 and s.level < block.level), ())
        self.sections.append(Section((*above, title), block.level, block.line + 1, 0, block.end, len(self.outline) - 1))

    def _close_sections(self, level: int, line: int) -> None:
        """End the open sections of this level and below at a line."""
        for index, section in enumerate(self.sections):
            if section.end_line == 0 and section.level >= level:
                self.sections[index] = replace(section, end_line=line)

    def _list(self, index: int, block: Block) -> None:
        """Remember a list; `_end_list` drops it if it has no box of its own."""
        above = self.blocks[index - 1] if index and not self.items else None
        over = above if above and above.kind == "paragraph" else None
        glued = over is not None and over.end == block.line
        label = self.markdown.plain(over.text).rstrip(":") if over else ""
        is_rendered = self.dialect.shows_all_lists or not (glued or block.text == ")")
        section = len(self.sections) - 1 if self.sections else None
        found = TaskList(block.line + 1, block.end, section, is_rendered, label, len(self.items), (), -1)
        self.open_lists.append(_OpenList(found))

    def _end_list(self) -> None:
        """Close a list, and keep it if it has a box of its own."""
        one = self.open_lists.pop()
        if one.has_box:
            self.lists.append(replace(one.found, bullets=tuple(one.bullets), outline_end=len(self.outline) - 1))

    def _first_text(self, index: int, block: Block) -> None:
        """Take an item's first paragraph where it stands in the item's first line, as the renderers do."""
        draft = self.items[-1]
        text = block.text if block.kind == "paragraph" else block.text.strip().split("\n", 1)[0]
        box = _BOX.match(text)
        if box is None or block.line != draft.line or (block.kind == "code" and not self.dialect.shows_code_boxes):
            if block.kind == "paragraph":
                self._mention(block)
                if box is None and block.line == draft.line and _NEAR_BOX.match(text):
                    self.near_boxes.append(block.line + 1)
                if directives.is_mentioned(text):
                    self._directives(index, block)
            return
        draft.content = self._own_lines(index, block, text)
        draft.outline_index = len(self.outline) - 1
        self.outline[-1] = ("tight task" if block.is_tight else "task", draft.depth, box[1], draft.content)
        self.open_lists[-1].has_box = True
        self._read(draft, self.markdown.inline(draft.content[3:]))
        self.drafts.append(draft)

    def _own_lines(self, index: int, block: Block, text: str) -> str:
        """Cut the text where an admonition begins without a blank line: it does not belong to the item's text."""
        following = self.blocks[index + 1] if index + 1 < len(self.blocks) else None
        if block.kind == "paragraph" and following and following.kind == "container":
            return "\n".join(text.split("\n")[: max(1, following.line - block.line)])
        return text

    def _read(self, draft: _Draft, pieces: Sequence[Piece]) -> None:
        """Take references, strikes and directives from an item's own text."""
        for piece in pieces:
            if piece.kind == "comment":
                self._say(draft, piece.value, draft.line)
        naming = self._named(pieces)
        draft.references, draft.left = naming.references, naming.left
        draft.is_struck = bool(_STRUCK.match(draft.content[3:].lstrip())) or naming.is_struck

    def _mention(self, block: Block) -> None:
        """Gather the references of a block that is no task item's own text."""
        if self.is_gathering and block.text:
            self._named(self.markdown.inline(block.text))

    def _named(self, pieces: Sequence[Piece]) -> Naming:
        """Return what a text names, and gather it where an area may add lines."""
        naming = read_naming(pieces, self.origin)
        if self.is_gathering:
            self.mentions.update((reference.key, reference) for reference in naming.mentions)
        return naming

    def _say(self, draft: _Draft, comments: str, line: int) -> None:
        """Apply the directives inside a list item to it."""
        for where, directive in self._found(comments, line):
            if directive.pin is not None:
                if draft.pin is not None:
                    raise InputError("two pins in one item", where=where, hint="Leave the one that the line is about.")
                draft.pin = directive.pin
                self.mentions[directive.pin.key] = directive.pin
            elif directive.word == "known":
                draft.is_known = True
            else:
                self.ignored[draft.line : draft.end] = b"\1" * (draft.end - draft.line)

    def _found(self, comments: str, line: int) -> Iterator[tuple[str, Directive]]:
        for lines_before, comment in directives.find_comments(comments):
            where = f"{self.rules.path}:{line + lines_before + 1}"
            if directive := directives.from_comment(comment, where, self.origin.repository):
                yield where, directive

    def _directives(self, index: int, block: Block) -> None:
        """Apply the directives of a block other than a task item's first text."""
        comments = block.text
        if block.kind != "html":
            pieces = self.markdown.inline(block.text)
            comments = "\n".join(piece.value for piece in pieces if piece.kind == "comment")
        if self.items:
            self._say(self.items[-1], comments, block.line)
            return
        for where, directive in self._found(comments, block.line):
            if directive.word != "ignore":
                raise InputError(
                    f"this {directive.word} stands in no list item",
                    where=where,
                    hint="Put it at the end of the item's first line.",
                )
            if block.kind != "html" or not directives.is_only_comments(block.text):
                raise InputError(
                    "this ignore does not stand on its own",
                    where=where,
                    hint="Put it on a line of its own, with a blank line above.",
                )
            self._ignore(index, where)

    def _ignore(self, index: int, where: str) -> None:
        """Mark lines as ignored: the section, where the comment stands first under its heading, else the next list."""
        above, below = index - 1, index + 1
        while above >= 0 and self._is_comment(above):
            above -= 1
        while below < len(self.blocks) and self._is_comment(below):
            below += 1
        if above >= 0 and self.blocks[above].kind == "heading":
            start, end = self.blocks[above].line, self._section_end(above)
        elif below < len(self.blocks) and self.blocks[below].kind == "list":
            start, end = self.blocks[below].line, self.blocks[below].end
        else:
            raise InputError(
                "there is no list after this ignore",
                where=where,
                hint="Put it right before the list, in the item, or first under the heading.",
            )
        self.ignored[start:end] = b"\1" * (end - start)
        self.left.append((start, end))

    def is_left(self, one: TaskList) -> bool:
        """Whether an `ignore` of its own or of a section over it leaves a whole list alone."""
        return any(start < one.line <= end for start, end in self.left)

    def _is_comment(self, index: int) -> bool:
        return self.blocks[index].kind == "html" and directives.is_only_comments(self.blocks[index].text)

    def _section_end(self, index: int) -> int:
        level = self.blocks[index].level
        later = (b for b in self.blocks[index + 1 :] if b.kind == "heading" and b.level <= level)
        return next((block.line for block in later), self.size)
