"""Owns added lines: which items an area lacks, where each line goes, and how it is spelled.

A new line copies its last sibling and goes after that sibling's whole subtree. Whatever would read otherwise than
as one more box of that list is withheld with a note. Must not know guards, files or git: what earlier versions of
the page held comes in as a value.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.board.question import AreaQuery
from roadmap_sync.board.verdict import Verdict, judge
from roadmap_sync.errors import RefusedError
from roadmap_sync.inert import in_page
from roadmap_sync.page.directives import pin_comment
from roadmap_sync.page.model import Edit, Effect, OutlineEntry, Page, Section, TaskItem, TaskList
from roadmap_sync.page.parse import parse_again
from roadmap_sync.page.proof import prove_outline
from roadmap_sync.plan import moves
from roadmap_sync.plan.change import Change, Context, Findings, Note, from_config, mentions_of
from roadmap_sync.references import Reference
from roadmap_sync.rules import Area, Rules, composed

_FORM = re.compile(r"(?P<before>.*?)(?P<mark>[-+*]|\d{1,9}[.)])(?P<gap>[ \t]+)\Z", re.DOTALL)
_BOX_GAP = re.compile(r"\[.\]([ \t]*)")
_SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line goes: after line `after` (from 1), spelled `prefix mark gap [ ] box_gap text`.

    `effect_at` is where its item enters the outline; `opening` what comes before it there (a new list's start) and
    `closing` what comes after. `is_spaced` asks for a blank line before it; `lines_before` and `lines_after` are
    written with the first and the last.
    """

    after: int
    mark: str
    depth: int
    effect_at: int
    prefix: str = ""
    gap: str = " "
    box_gap: str = " "
    is_spaced: bool = False
    task_kind: str = "tight task"
    opening: tuple[OutlineEntry, ...] = ()
    closing: tuple[OutlineEntry, ...] = ()
    lines_before: tuple[str, ...] = ()
    lines_after: tuple[str, ...] = ()
    step: int = 1

    def mark_of(self, index: int) -> str:
        """Return the bullet of the nth new item; numbers go on by `step`."""
        number = self.mark[:-1]
        return f"{int(number) + index * self.step}{self.mark[-1]}" if number else self.mark


@dataclass(slots=True)
class _GrowingList:
    """One list that is added to, with what comes to its end, in order."""

    place: _Place
    section: Section
    items: list[tuple[Item, Verdict]] = field(default_factory=list)


@dataclass(slots=True)
class _Additions:
    """What the areas of a page add: the names of all that is there by now, the lists by their place, the notes."""

    there: set[str]
    lists: dict[int, _GrowingList] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _AreaFilling:
    """One area that is added to: its section and its lists, and what all areas of the page have in common."""

    context: Context
    area: Area
    section: Section
    lists: tuple[TaskList, ...]
    added: _Additions

    @property
    def page(self) -> Page:
        """Return the page that the area is on."""
        return self.context.page

    def fill(self) -> None:
        """Add to the area what it lacks, in board order, or say why not."""
        query = _query(self.area, self.page.rules)
        lacking = [item for item in self.context.board.candidates.get(query, ()) if self._is_lacking(item)]
        reason = self._reason_against_all() if lacking else ""
        if reason:
            said = f"nothing is added: {reason}"
            if all(note.message != said for note in self.added.notes):  # a history is the page's, not the area's
                self.added.notes.append(Note.of("withheld", self.section.line, said))
            return
        about = _lines_about(self.context) if lacking else {}
        for item in lacking:
            if why := self._reason_against(item, about.get(item.id)) or self._add(item):
                self.added.notes.append(_withheld(self.section, item, why))

    def _is_lacking(self, item: Item) -> bool:
        """Whether an item belongs on the page and nothing that stands for it is there yet."""
        rules, there = self.page.rules, self.added.there
        verdict = judge(item, rules, self.context.board)
        wanted = {"open", "done"} if rules.add_done else {"open"}
        # A view's filter is not looked at.
        asks_pulls = self.area.filter is not None and self.area.filter.names_pulls
        if verdict.outcome not in wanted or (item.kind == "pull_request" and not asks_pulls):
            return False
        excluded = {one.key for name in self.area.excluded if (one := from_config(name, self.page))}
        facts = item.facts
        kin = {facts.duplicate_of, *facts.closes, *facts.closed_by} - {""} if facts else set()
        return not ({item.id, item.name.lower()} & (there | excluded) or kin & there)

    def _reason_against_all(self) -> str:
        """Return why the area may not be added to at all; empty where it may."""
        if self.context.history.gap:
            return (
                "the earlier versions of the page cannot be read to the first one, so that a line that a person "
                f"deleted might come back: {self.context.history.gap}"
            )
        for item in _inside(self.page, self.lists):
            for reference in item.references:
                if isinstance(self.context.board.answers.get(reference.key), Unread) and not item.is_struck:
                    where = f"{reference.name} (line {item.line})"
                    return f"{where} was not found, and may be one of them under another name"
        return ""

    def _reason_against(self, item: Item, line: int | None) -> str:
        """Return why one item may not be added; empty where it may. `line` is one that seems to be about it."""
        if line is not None:
            pin = pin_comment(item.name, is_mdx=self.page.rules.is_mdx)
            return f"line {line} seems to be about it; if it is, end that line with {pin}"
        if {item.name.lower(), item.id} & self.context.history.keys:
            return f'it stood on the page before; add it by hand, or set except = ["{item.name}"] in this area'
        return ""

    def _add(self, item: Item) -> str:
        """Add one item to its list; return why that is not possible, empty where it is."""
        place = self._place(item)
        if place is None:
            return "the area has no list, and names no label to make one under"
        if self.lists and self.page.closes_more(place.after, len(place.prefix)):
            ends = f"the list ends in line {place.after}"
            return f"{ends}, which closes what began above it; put a blank line before that"
        grown = self.added.lists.setdefault(place.effect_at, _GrowingList(place, self.section))
        grown.items.append((item, judge(item, self.page.rules, self.context.board)))
        self.added.there |= {item.id, item.name.lower()}
        return ""

    def _place(self, item: Item) -> _Place | None:
        """Return where an item's line goes: under its parent, at the end of the last list, or in a new one."""
        parent = item.facts.parent if item.facts else ""
        over = _listed(self.page, self.lists, parent) if parent else None
        if over is not None:
            return _under(self.page, over)
        if self.lists:
            return _after_last(self.page, self.lists[-1])
        return _new_list(self.page, self.area, self.section) if self.area.label else None


def _lines_about(context: Context) -> dict[str, int]:
    """Return the lines without a reference that seem to be about what the areas ask for, by the item's id.

    All that the areas may ever add is looked at, so that what this plan adds changes nothing of the answer.
    """
    from roadmap_sync.suggest.candidates import Linker  # its library is slow to import, and few runs add anything

    offered = {one.id: one for items in context.board.candidates.values() for one in items}
    return Linker(context.page, replace(context.board, items=tuple(offered.values()))).lines_about()


def queries(rules: Rules) -> tuple[AreaQuery, ...]:
    """Return what the page's areas ask of the board; nothing where no Status may be added."""
    return tuple(_query(one, rules) for one in rules.areas if one.adds and rules.add)


def _query(area: Area, rules: Rules) -> AreaQuery:
    return AreaQuery(area.filter, area.view, rules.add, area.where)


#: The places of a line's template that are filled without a field of the board.
_OWN_SLOTS: Mapping[str, Callable[[Item], str]] = {
    "title": lambda item: in_page(item.title) or in_page(item.name),
    "url": lambda item: item.url,
    "number": lambda item: str(item.number),
    "repository": lambda item: f"{item.owner}/{item.repo}",
    "status": lambda item: in_page(item.status or ""),
}


def field_slots(template: str) -> tuple[str, ...]:
    """Return the fields of the board that a line's template names."""
    return tuple(dict.fromkeys(slot for slot in _SLOT.findall(template) if slot not in _OWN_SLOTS))


def boxes(change: Change) -> tuple[str, str]:
    """Return what stands there and what will: a line that is new, and its box."""
    return "new", "[x]" if change.verdict == "done" else "[ ]"


def words(_change: Change) -> str:
    """Return nothing: an added line is called by its item's title."""
    return ""


def find(context: Context) -> Findings:
    """Return the lines that the page's areas lack; a section that this plan moves gets none."""
    page = context.page
    moving = [range(change.line, change.end_line + 1) for change in context.found(moves.find).changes]
    added = _Additions({name for one in mentions_of(page) for name in _names(one.key, context.board)})
    for area in (one for one in page.rules.areas if one.adds):
        # The config is checked against the page of today; an older version may lack the heading or have it twice.
        sections = page.find_sections(area.heading)
        is_moving = any(section.line in lines for section in sections for lines in moving)
        is_left = is_moving or any(one.is_ignored or page.is_settled(one) for one in sections)
        if len(sections) == 1 and not is_left:
            every = _lists(page, area, sections[0])
            lists = tuple(one for one in every if not one.is_ignored)
            if lists or not every:
                _AreaFilling(context, area, sections[0], lists, added).fill()
    # A line nested in a list's last item comes before one that follows that item.
    in_order = [grown for _, grown in sorted(added.lists.items())]
    changes = [change for grown in in_order for change in _fitting(page, grown, added.notes)]
    return Findings(tuple(changes), tuple(added.notes))


def _fitting(page: Page, grown: _GrowingList, notes: list[Note]) -> list[Change]:
    """Return the changes that add to one list; none, and notes, where the lines would not read as items of it.

    The proof decides for each list by itself: a list that ends in an open code block does not keep others from growing.
    """
    changes = [_change(page, grown, index) for index in range(len(grown.items))]
    try:
        after = parse_again(page, page.apply([edit for change in changes for edit in change.edits]))
        prove_outline(page, after, [effect for change in changes for effect in change.effects])
    except RefusedError:
        why = "a line here would not read as one more box of the list"
        notes += [_withheld(grown.section, item, why) for item, _ in grown.items]
        return []
    return changes


def _names(key: str, board: Board) -> set[str]:
    """Return the key, id and name of an item that the page or its config refers to."""
    answer = board.answers.get(key)
    return {key, answer.id, answer.name.lower()} if isinstance(answer, Item) else {key}


def _withheld(section: Section, item: Item, why: str) -> Note:
    reference = _reference(item)
    return Note.of("withheld", section.line, f"not added: {why}", reference, item.url)


def _next_heading(page: Page, section: Section) -> int:
    """Return the line of the next heading of any level; the line after the last where there is none."""
    return min([one.line for one in page.sections if one.line > section.line], default=len(page.lines) + 1)


def _lists(page: Page, area: Area, section: Section) -> tuple[TaskList, ...]:
    """Return the area's lists: those before its section's next heading, under its label where it names one."""
    end = _next_heading(page, section)
    label = composed(" ".join(area.label.split()).rstrip(":"))
    own = (one for one in page.lists if section.line < one.line < end and one.depth == 0)
    return tuple(one for one in own if not label or composed(one.label) == label)


def _inside(page: Page, lists: Sequence[TaskList]) -> Iterator[TaskItem]:
    """Yield the task items of some lists, their sub-items too."""
    return (item for item in page.items if any(one.line <= item.line <= one.end_line for one in lists))


def _listed(page: Page, lists: Sequence[TaskList], key: str) -> TaskItem | None:
    """Return the line of an area that refers to an item."""
    inside = (item for item in _inside(page, lists) if not item.is_ignored)
    return next((item for item in inside if any(one.key == key for one in item.references)), None)


def _form(page: Page, item: TaskItem) -> tuple[str, str, str, str]:
    """Return how a task item is spelled: what stands before its mark, the mark, the gaps before and after the box."""
    line = page.lines[item.line - 1]
    # The parser found a box here, and a bullet before it, so both patterns match.
    form = cast("re.Match[str]", _FORM.fullmatch(line[: item.column - 2]))
    gap = cast("re.Match[str]", _BOX_GAP.match(line, item.column - 2))
    return form["before"], form["mark"], form["gap"], gap[1] or " "


def _blank(before: str) -> str:
    """Return a line's quote and indent with outer bullets of the same line blanked out."""
    return re.sub(r"[^\s>]", " ", before)


def _after_last(page: Page, one: TaskList) -> _Place:
    """Return the place after a list's last item, in the form of its last box."""
    last = [item for item in _inside(page, [one]) if item.depth == one.depth + 1][-1]
    bullets = one.bullets
    before, mark, gap, box_gap = _form(page, last)
    next_mark, step = _numbering(page, one, mark)
    return _Place(
        after=bullets[-1][1],
        prefix=_blank(before),
        mark=next_mark,
        step=step,
        gap=gap,
        box_gap=box_gap,
        # A blank line before the last item: then the new one gets one too.
        is_spaced=len(bullets) > 1 and bullets[-1][0] - bullets[-2][1] > 1,
        task_kind=page.outline[last.outline_index][0],
        depth=one.depth + 1,
        effect_at=one.outline_end,
    )


def _numbering(page: Page, one: TaskList, mark: str) -> tuple[str, int]:
    """Return the bullet, or the number, of a list's next item, and by how much its numbers grow."""
    if mark in "-+*":
        return mark, 1
    lines = (re.match(r"[^\d]*(\d{1,9})[.)][ \t]", page.lines[line - 1]) for line, _ in one.bullets)
    numbers = [int(match[1]) for match in lines if match]
    step = 0 if len(numbers) > 1 and len(set(numbers)) == 1 else 1
    return f"{numbers[-1] + step}{mark[-1]}", step


def _under(page: Page, over: TaskItem) -> _Place:
    """Return the place at the end of a parent's sub-list, or the start of one that it does not have yet."""
    below = [one for one in page.lists if one.depth == over.depth and over.line < one.line <= over.end_line]
    if below:
        return _after_last(page, below[-1])
    before, mark, gap, box_gap = _form(page, over)
    width = page.dialect.indent or len(mark) + len(gap)
    indent = "\t" if "\t" in before else " " * width
    bullet, gap = (mark, gap) if mark in "-+*" else ("-", " ")
    return _Place(
        after=over.end_line,
        prefix=_blank(before) + indent,
        mark=bullet,
        gap=gap,
        box_gap=box_gap,
        depth=over.depth + 1,
        effect_at=over.outline_end,
        opening=(("list", 0, "", bullet),),
        closing=(("list_end", 0, "", ""),),
    )


def _new_list(page: Page, area: Area, section: Section) -> _Place:
    """Return the place of the first line of a new list, with its label above, at the end of the area's own text."""
    end = _next_heading(page, section) - 1
    while end > section.line and not page.lines[end - 1].strip():
        end -= 1
    label = f"**{in_page(area.label)}**"
    mark = next((mark for item in page.items if (mark := _form(page, item)[1]) in "-+*"), "-")
    at = next((i for i, line in enumerate(page.outline_lines) if line > end), len(page.outline))
    is_glued = end < len(page.lines) and bool(page.lines[end].strip())
    return _Place(
        after=end,
        mark=mark,
        depth=1,
        effect_at=at,
        opening=(("paragraph", 0, "", label), ("list", 0, "", mark)),
        closing=(("list_end", 0, "", ""),),
        lines_before=("", label, ""),
        lines_after=("",) if is_glued else (),
    )


def _change(page: Page, grown: _GrowingList, index: int) -> Change:
    """Return the change that adds the nth item; the first opens a list that is new, the last closes it."""
    place, section, (item, verdict) = grown.place, grown.section, grown.items[index]
    is_first, is_last = index == 0, index == len(grown.items) - 1
    state = "x" if verdict.outcome == "done" else " "
    words = f"[{state}]{place.box_gap}{_text(item, page.rules)}"
    line = f"{place.prefix}{place.mark_of(index)}{place.gap}{words}"
    above = (*(place.lines_before if is_first else ()), *((place.prefix.rstrip(),) if place.is_spaced else ()))
    below = place.lines_after if is_last else ()
    own = (("item", 0, "", ""), (place.task_kind, place.depth, state, words), ("item_end", 0, "", ""))
    entries = (*(place.opening if is_first else ()), *own, *(place.closing if is_last else ()))
    return Change(
        kind="add",
        line=place.after,
        end_line=place.after,
        area=section.name,
        reference=_reference(item),
        item_id=item.id,
        title=item.title,
        url=item.url,
        status=item.status,
        verdict=verdict.outcome,
        rule=verdict.rule,
        because=verdict.because,
        before="",
        after=line,
        edits=(_edit(page, place.after, (*above, line, *below)),),
        effects=(Effect(place.effect_at, 0, entries),),
        after_line=place.after,
    )


def _edit(page: Page, after: int, lines: Sequence[str]) -> Edit:
    """Return the edit that inserts lines after one, with its line end; a page without a last newline keeps none."""
    raw = page.text_bytes(after, after)
    end = raw[len(raw.rstrip(b"\r\n")) :]
    if end:
        at = page.start_of(after + 1)
        return Edit(at, at, b"".join(line.encode() + end for line in lines))
    before = page.text_bytes(after - 1, after - 1) if after > 1 else b"\n"
    end = before[len(before.rstrip(b"\r\n")) :] or b"\n"
    return Edit(len(page.data), len(page.data), b"".join(end + line.encode() for line in lines))


def _reference(item: Item) -> Reference:
    if item.kind == "draft":
        return Reference("", "", 0, item.id, draft=item.id)
    return Reference(item.owner, item.repo, item.number, item.name)


def _text(item: Item, rules: Rules) -> str:
    """Return an added line's words: the config's template, or a draft's title, with a pin where no link names it."""
    template = "{title}" if item.kind == "draft" else rules.line
    words = _SLOT.sub(lambda slot: _value(slot[1], item), template)
    needs_pin = item.kind == "draft" or "{url}" not in rules.line
    return f"{words} {pin_comment(item.name, is_mdx=rules.is_mdx)}" if needs_pin else words


def _value(slot: str, item: Item) -> str:
    """Return what stands in a slot of the template; a field that the card does not fill is empty."""
    own = _OWN_SLOTS.get(slot)
    return own(item) if own else in_page(", ".join(item.field_words(slot)))
