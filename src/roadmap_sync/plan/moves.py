"""Owns finished areas: where a section goes, byte for byte, once its tracking issue has ended.

Noted only, unless the config asks for moves. An area without `tracking` is never moved; where all its lines are done
a note proposes one. Must not know guards or proofs.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roadmap_sync.board.model import Board, Item
from roadmap_sync.board.verdict import Verdict, judge
from roadmap_sync.inert import in_page
from roadmap_sync.page.model import Edit, Effect, OutlineEntry, Page, Section, splice
from roadmap_sync.page.parse import parse_again
from roadmap_sync.plan import ticks
from roadmap_sync.plan.change import Change, Context, Findings, Note, from_config
from roadmap_sync.references import Reference
from roadmap_sync.rules import Area

#: A link's destination that needs no escaping and cannot end the link.
_PLAIN_TARGET = re.compile(r"[\w./:#?=&%~+-]+")
_COMMENT = re.compile(r"<!--.*?-->|`[^`]*`", re.DOTALL)
#: What opens or closes something around blocks: a tag, `{% hint %}`, `{{< tabs >}}`, `:::`, `///`.
_FENCE = re.compile(
    r"<(?P<tag_end>/?)(?P<tag>[A-Za-z][\w.:-]*)(?=[\s/>])[^<>]*(?<!/)>"
    r"|\{%-?[ ]*(?P<block_end>end)?(?P<block>\w+)"
    r"|\{\{[<%][ ]*(?P<code_end>/?)[ ]*(?P<code>[\w-]+)"
    r"|^[ \t>]*(?P<colons>:::|///):*(?P<named>[ \t]*\S)?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Due:
    """An area that is due to move: its section, the heading it goes under, the issue and verdict, the quote to add."""

    section: Section
    target: Section
    reference: Reference
    item: Item
    verdict: Verdict
    quote: str


def boxes(change: Change) -> tuple[str, str]:
    """Return where the area stands, and the heading that it will stand under."""
    return "here", change.under.replace("`", "")


def words(change: Change) -> str:
    """Return the heading of the area that moves."""
    return change.area.split(" > ")[-1]


def find(context: Context) -> Findings:
    """Return the moves that are due, or notes that say so."""
    page, board, rules = context.page, context.board, context.page.rules
    ticked = frozenset(change.line for change in context.found(ticks.find).changes if change.kind == "tick")
    changes: list[Change] = []
    notes: list[Note] = []
    targets: set[int] = set()
    for area in rules.areas:
        section = next(iter(page.find_sections(area.heading)), None)
        if section is None or section.is_ignored or page.is_settled(section):
            continue
        due = _due(page, board, area, section) if area.tracking else None
        if not area.tracking:
            notes += _proposal(page, board, section, ticked)
        elif due and not rules.move:
            notes.append(_note("move-due", due, f'{due.verdict.because}: due to move under "{due.target.path[-1]}"'))
        elif due and (why := _against(page, due, ticked)):
            notes.append(_note("withheld", due, f'not moved under "{due.target.path[-1]}": {why}'))
        elif due:
            is_first = due.target.line not in targets
            changes.append(_change(page, due, is_first=is_first))
            targets.add(due.target.line)
    return Findings(tuple(changes), tuple(notes))


def _due(page: Page, board: Board, area: Area, section: Section) -> _Due | None:
    """Return where an area is due to go by the verdict of its tracking issue; None where it stays."""
    reference = from_config(area.tracking, page)
    answer = board.answers.get(reference.key) if reference else None
    if reference is None or not isinstance(answer, Item):
        return None
    verdict = judge(answer, page.rules, board)
    lifecycle = page.rules.lifecycle
    if verdict.outcome == "dropped":
        heading, label, slot = lifecycle.dropped_heading, "Reason", lifecycle.reason_field
    elif verdict.outcome != "unknown" and answer.status in page.rules.launched:
        heading, label, slot = lifecycle.launched_heading, "Docs", lifecycle.docs_field
    else:
        return None
    target = next(iter(page.find_sections(heading)), None) if heading else None
    if target is None:
        return None
    value = " ".join(answer.field_words(slot)).strip()
    return _Due(section, target, reference, answer, verdict, _quote(label, value))


def _quote(label: str, value: str) -> str:
    """Return the line that says where an area went, or why; empty where the board says nothing."""
    if not value:
        return ""
    if label == "Docs" and _PLAIN_TARGET.fullmatch(value) and not value.lower().startswith(("javascript:", "data:")):
        return f"> [{label}]({value})"
    return f"> **{label}**: {in_page(value)}"


def _against(page: Page, due: _Due, ticked: frozenset[int]) -> str:
    """Return why a due area must stay where it is; empty where it may move."""
    section = due.section
    if due.target.level >= section.level:
        return "that heading is of no higher level than the area's"
    for item in page.items:
        is_inside = section.line < item.line <= section.end_line
        if is_inside and item.references and not (item.is_struck or item.is_ticked or item.line in ticked):
            return f"the box at line {item.line} is still open"
    if name := _torn(page, section):
        return f"`{name}` is opened or closed in it, but not both"
    if _changes_anchors(page, due):
        return "it would change the anchor of a heading"
    after = parse_again(page, page.apply(_change(page, due, is_first=True).edits))
    # Of several definitions of one label another one would come first.
    return "it would change where a link goes" if after.definitions != page.definitions else ""


def _torn(page: Page, section: Section) -> str:
    """Return the tag, block or fence that opens or closes inside the section but not both; empty where there is none.

    Those that the page never closes are ignored.
    """
    end = _outline_end(page, section)
    closed = {name for name, is_end in _fences(page.outline) if is_end}
    depth: Counter[str] = Counter()
    for name, is_end in _fences(page.outline[section.outline_index : end]):
        depth[name] += (-1 if is_end else 1) if name in closed else 0
        if depth[name] < 0:
            return name
    return next((name for name, count in depth.items() if count), "")


def _fences(outline: Sequence[OutlineEntry]) -> Iterator[tuple[str, bool]]:
    """Yield the name of each tag, block or fence around blocks, and whether it is closed there."""
    for kind, _, _, text in outline:
        for match in () if kind == "code" else _FENCE.finditer(_COMMENT.sub("", text)):
            if match["colons"]:
                yield match["colons"], not match["named"]
            else:
                name = match["tag"] or match["block"] or match["code"]
                yield name.lower(), bool(match["tag_end"] or match["block_end"] or match["code_end"])


def _changes_anchors(page: Page, due: _Due) -> bool:
    """Whether a heading's anchor would change: GitHub numbers headings of the same name in their order."""
    order = list(page.sections)
    inside = [one for one in order if due.section.line <= one.line <= due.section.end_line]
    rest = [one for one in order if one not in inside]
    at = next((i for i, one in enumerate(rest) if one.line > due.target.line), len(rest))
    return _anchors(order) != _anchors([*rest[:at], *inside, *rest[at:]])


def _anchors(sections: Sequence[Section]) -> dict[int, tuple[str, int]]:
    """Return each heading's anchor by its line: the words, and how many such stood before."""
    seen: Counter[str] = Counter()
    anchors: dict[int, tuple[str, int]] = {}
    for one in sections:
        slug = re.sub(r"[^\w\- ]", "", one.path[-1].lower()).replace(" ", "-")
        anchors[one.line] = (slug, seen[slug])
        seen[slug] += 1
    return anchors


def _proposal(page: Page, board: Board, section: Section, ticked: frozenset[int]) -> Iterator[Note]:
    """Yield a note where every referenced line of an area without a tracking issue is done."""
    inside = [item for item in page.items if section.line < item.line <= section.end_line]
    lines = [item for item in inside if item.references and not item.is_struck]
    heading = page.rules.lifecycle.launched_heading
    if heading and lines and all(i.is_ticked or i.line in ticked for i in lines):
        answers = [board.answers.get(reference.key) for item in lines for reference in item.references]
        verdicts = [judge(answer, page.rules, board).outcome for answer in answers if answer]
        if verdicts and all(outcome == "done" for outcome in verdicts):
            message = f'every referenced line is done; the area may move under "{heading}"'
            yield Note.of("move-due", section.line, message)


def _note(kind: str, due: _Due, message: str) -> Note:
    return Note.of(kind, due.section.line, message, due.reference, due.item.url)


def _change(page: Page, due: _Due, *, is_first: bool) -> Change:
    section = due.section
    first = next((one for one in page.sections if due.target.line < one.line <= due.target.end_line), None)
    to_line = first.line if first else due.target.end_line + 1
    edits, quoted = _edits(page, due, page.start_of(to_line), is_first=is_first)
    return Change(
        kind="move",
        line=section.line,
        end_line=section.end_line,
        area=section.name,
        reference=due.reference,
        item_id=due.item.id,
        title=due.item.title,
        url=due.item.url,
        status=due.item.status,
        verdict=due.verdict.outcome,
        rule=due.verdict.rule,
        because=due.verdict.because,
        before=page.text_of(section.line, section.heading_end),
        after=f"{due.target.name} > {section.path[-1]}",
        edits=edits,
        effects=_effects(page, section, first.outline_index if first else _outline_end(page, due.target), quoted),
        after_line=to_line - 1,
        under=due.target.path[-1],
    )


def join_edits(changes: Sequence[Change]) -> tuple[Edit, ...]:
    """Return the edits of all changes; those inside a section that moves are made in its new place."""
    edits = [edit for change in changes if change.kind != "move" for edit in change.edits]
    for move in (change for change in changes if change.kind == "move"):
        gone, head, quote, rest = move.edits
        # What is put right before the section belongs to the one above it, and stays.
        inner = [edit for edit in edits if gone.start < edit.start < gone.end]
        begin = gone.start + len(head.new.lstrip(b"\r\n"))
        edits = [edit for edit in edits if edit not in inner]
        edits += [gone, head, quote, Edit(rest.start, rest.end, splice(rest.new, inner, begin))]
    return tuple(edits)


def join_effects(changes: Sequence[Change]) -> tuple[Effect, ...]:
    """Return what all changes make of the outline, those inside a section that moves in its new place."""
    effects = [effect for change in changes if change.kind != "move" for effect in change.effects]
    for move in (change for change in changes if change.kind == "move"):
        gone, *parts, rest = move.effects
        inner = [effect for effect in effects if gone.at <= effect.at < gone.at + gone.count]
        entries = list(rest.entries)
        for effect in inner:
            at = effect.at - gone.at - 1
            entries[at : at + effect.count] = effect.entries
        effects = [effect for effect in effects if effect not in inner]
        effects += [gone, *parts, Effect(rest.at, 0, tuple(entries))]
    return tuple(effects)


def _edits(page: Page, due: _Due, to: int, *, is_first: bool) -> tuple[tuple[Edit, ...], str]:
    """Return the edits (what goes; heading, quote and rest where they come), and the quote that is new."""
    section = due.section
    start, body, end = (page.start_of(n) for n in (section.line, section.heading_end + 1, section.end_line + 1))
    head, rest = page.data[start:body], page.data[body:end]
    eol = head[len(head.rstrip(b"\r\n")) :] or b"\n"
    quoted = due.quote if due.quote and due.quote.encode() not in rest else ""
    quote = eol + quoted.encode() + eol if quoted else b""
    if quote and rest.strip() and not rest.startswith((b"\n", b"\r")):
        quote += eol
    is_ended = not rest or rest.endswith((b"\n", b"\r"))
    is_spaced = is_ended and not page.lines[section.end_line - 1].strip()
    closing = b"" if is_spaced else eol if is_ended else eol + eol
    opening = _opening(page, to, eol) if is_first else b""
    parts = (opening + head, quote, rest + closing)
    return (Edit(start, end, b""), *(Edit(to, to, part) for part in parts)), quoted


def _opening(page: Page, to: int, eol: bytes) -> bytes:
    """Return what must come before a heading inserted at an offset: a line end where one is missing, a blank line."""
    before = page.data[:to]
    if not before.endswith((b"\n", b"\r")):
        return eol + eol
    line = sum(start < to for start in page.starts)
    return eol if page.lines[line - 1].strip() else b""


def _outline_end(page: Page, section: Section) -> int:
    """Return where a section's outline ends: at the next heading that is not under it."""
    later = (one.outline_index for one in page.sections if one.line > section.end_line)
    return min(later, default=len(page.outline))


def _effects(page: Page, section: Section, to: int, quoted: str) -> tuple[Effect, ...]:
    begin, end = section.outline_index, _outline_end(page, section)
    quote: tuple[OutlineEntry, ...] = ()
    if quoted:
        quote = (("quote", 0, "", ""), ("paragraph", 0, "", quoted[2:]), ("quote_end", 0, "", ""))
    parts = (page.outline[begin : begin + 1], quote, page.outline[begin + 1 : end])
    return (Effect(begin, end - begin, ()), *(Effect(to, 0, part) for part in parts))
