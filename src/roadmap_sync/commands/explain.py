"""Owns `explain`: for one line its reference, the evidence, the rule, and what becomes of its box."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from roadmap_sync.board.model import Board, Item
from roadmap_sync.commands.desk import open_desk, plan_page, read_board, read_pages, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome
from roadmap_sync.errors import Exit, InputError
from roadmap_sync.inert import inline
from roadmap_sync.page.directives import pin_comment
from roadmap_sync.page.model import Page, TaskItem
from roadmap_sync.plan.change import Change
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.plan import PagePlan
from roadmap_sync.plan.ticks import Judged, judge_item
from roadmap_sync.report.words import Shown, count, shorten
from roadmap_sync.rules import Rules
from roadmap_sync.suggest.candidates import Linker

_PLACE = re.compile(r"(.+?):([1-9]\d{0,8})(?::\d+)?", re.DOTALL)

#: The rules of docs/design.md, The verdict, each in a sentence.
_RULES = {
    1: "an item whose state GitHub does not tell for certain is unknown",
    2: "an item closed as not planned, as a duplicate or without a merge is dropped, whatever its Status",
    3: "an item with a Status that means done is done, unless its own state contradicts that",
    4: "an item with any other Status is open",
    5: "a pull request without a Status is done when it is merged into the default branch",
    6: "an issue without a Status is done when it is closed as completed",
    7: "an item with neither a Status nor a state of its own is unknown",
}


def run(invocation: Invocation, place: str) -> Outcome:
    """Explain the line that `PAGE:LINE` names. Raises InputError where there is no such line."""
    match = _PLACE.fullmatch(place)
    if match is None:
        raise InputError(f'"{place}" names no line', hint="Write PAGE:LINE, for example docs/roadmap.md:31.")
    desk = open_desk(replace(invocation, pages=(match[1],)))
    (file,) = read_pages(desk)
    page, line = file.page, int(match[2])
    if page is None:
        raise file.error or InputError("cannot be read", where=match[1])
    last = len(page.lines) - (page.lines[-1] == "")
    if line > last:
        raise InputError(f"there is no line {line}", where=page.path, hint=f"It has {count(last, 'line')}.")
    item = find_owner(page, line)
    if item is None:
        return Outcome(Exit.OK, _told(_other_line(page, line)))
    if left := _left_alone(page, item):
        return Outcome(Exit.OK, _told([*_about(page, item), f"  result     left alone: {left}"]))
    board = read_board(desk, [page], whole=not item.references)
    if item.references:
        reasons = _reasons(plan_page(desk, file, board), item, board, invocation.notes)
    else:
        reasons = _candidates(page, item, board)
    return Outcome(Exit.OK, _told([*_about(page, item), *reasons]), remarks_of(desk))


def _told(lines: Iterable[str]) -> bytes:
    return "".join(f"{inline(line)}\n" for line in lines).encode()


def find_owner(page: Page, line: int) -> TaskItem | None:
    """Return the innermost task item that a line belongs to; None for a blank line and for any other text."""
    if not page.lines[line - 1].strip():
        return None
    owners = (item for item in page.items if item.line <= line <= item.end_line)
    return max(owners, key=lambda item: item.line, default=None)


def _other_line(page: Page, line: int) -> Iterator[str]:
    heading = next((section for section in page.sections if section.line == line), None)
    kind = f'the heading "{heading.name}"' if heading else "text" if page.lines[line - 1].strip() else "a blank line"
    yield f"{page.path}:{line}: {kind}, not a line of the checklist; it is never changed"
    nearest = min(page.items, key=lambda item: abs(item.line - line), default=None)
    if nearest is not None:
        yield f"  The nearest checklist line is {page.path}:{nearest.line}: {_short(nearest.text)}"


def _about(page: Page, item: TaskItem) -> Iterator[str]:
    yield f"{page.path}:{item.line}: {_short(item.text)}"
    if section := page.section_name(item):
        yield f"  section    {section}"
    yield f"  box        [{item.state}] {'ticked' if item.is_ticked else 'open'}"


def _short(text: str) -> str:
    return shorten(" ".join(text.split()), 100)


def _reasons(plan: PagePlan, item: TaskItem, board: Board, notes: Shown) -> Iterator[str]:
    """Say what is known about the line and what follows from it."""
    page = plan.page
    if page is None:
        return
    judged = judge_item(item, board, page.rules)
    for one in judged:
        yield from _evidence(one)
    decided = {one.reference.key for one in judged}
    for reference in item.references:
        if reference.key not in decided:
            yield f"  context    {reference.name}, which does not count for this line"
    # An addition has the number of the line that it goes after, and does not change that line.
    change = next((one for one in plan.changes if one.line == item.line and kind_of(one.kind).result), None)
    yield f"  result     {_result(change, item, judged, page.rules)}"
    shown = (note for note in plan.notes if note.line == item.line and notes in ("all", note.level))
    yield from (f"  note       {note.message} [{note.kind}]" for note in shown)
    if plan.refusal is not None and change is not None:
        over = f"{plan.refusal.would_be} where max_{plan.refusal.guard} is {plan.refusal.limit}"
        yield f"  but        the page is refused: {over}"


def _left_alone(page: Page, item: TaskItem) -> str:
    """Say why the line is left alone whatever GitHub says; empty where it is not."""
    if item.is_struck:
        return "it is struck through, so a person has decided"
    if item.is_ignored:
        return "a `roadmap-sync: ignore` comment covers it"
    if item.references and not page.is_selected(item):
        return "it is not under one of the config's `sections`"
    return f"{item.left.message} [{item.left.kind}]" if item.left else ""


def _candidates(page: Page, item: TaskItem, board: Board) -> Iterator[str]:
    """Say which items of the board a line without a reference may be about."""
    yield "  result     left alone: it names no issue or pull request, and nothing is matched by title"
    found = Linker(page, board).rank(item)
    yield f"  nearest    {'items' if found else 'no items'} of the board with similar words"
    for candidate in found:
        one = candidate.item
        status = f'Status "{one.status}"' if one.status else "no Status"
        yield f"    {candidate.score:>3}      {one.name} {_short(one.title)}, {status}"
        yield f"             {'; '.join(candidate.reasons)}"
    if found:
        yield f"  If one is meant, end the line with {pin_comment(found[0].item.name, is_mdx=page.rules.is_mdx)}"


def _evidence(one: Judged) -> Iterator[str]:
    answer = one.answer
    title = _short(answer.title) if isinstance(answer, Item) and one.verdict.rule != 1 else ""
    yield f"  reference  {one.reference.name}" + (f", {title}" if title else "")
    yield f"  evidence   {one.verdict.because}"
    yield f"  rule       {one.verdict.rule}: {_RULES[one.verdict.rule]}"
    yield f"  verdict    {one.verdict.outcome}"


def _result(change: Change | None, item: TaskItem, judged: Sequence[Judged], rules: Rules) -> str:
    """Say what becomes of the box, and why where it does not change."""
    if change is not None:
        return kind_of(change.kind).result
    outcomes = {one.verdict.outcome for one in judged}
    if len(outcomes) > 1:
        return "the box is left: its references disagree"
    (outcome,) = outcomes
    if outcome == "unknown":
        return "the box is left: nothing is known for certain"
    if outcome == "dropped":
        return "the box is left: for a dropped item there is only a note"
    if outcome == "done" or not item.is_ticked:
        return "the box is right as it is"
    if not rules.untick:
        return "the box is left ticked: `untick` is not set, and a part of the item may be done"
    return "the box is left ticked: the line is about a part: its link leads to a comment, or other lines name the item"
