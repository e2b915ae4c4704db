"""Owns the plan as text for a person at a terminal, and as the lines that `check` prints.

Must not know whether there is a terminal: the caller says whether colour is wanted. What strangers wrote comes out
of inert.py, so no title can move the cursor.
"""

from collections.abc import Callable, Iterator

from roadmap_sync.inert import inline
from roadmap_sync.plan.change import Change
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report.summary import summary, written
from roadmap_sync.report.words import (
    Shown,
    count,
    counted_line,
    evidence_of,
    join,
    name_of,
    pick_notes,
    said_of,
    sections_of,
    words_of,
)

_WIDTH = 90
_Paint = Callable[[str, str], str]
_BOLD, _GREEN, _YELLOW, _DIM, _PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


def render(plan: Plan, *, notes: Shown = "attention", color: bool = False, is_written: bool = False) -> str:
    """Return the report: the summary, each change under its section with its evidence, then the notes.

    With `is_written` it tells what was done, and ends with the pages that were written.

    At most ten attention notes are shown, the rest and all remarks are counted; `notes="all"` shows every one.
    """
    paint = _paint if color else _leave
    blocks = [paint(summary(plan), _BOLD)]
    changing = [page for page in plan.pages if page.changes and page.error is None]
    for page in changing:
        if len(plan.pages) > 1:
            blocks.append(paint(inline(page.path), _BOLD))
        is_done = is_written and page.is_writable
        sections = sections_of(page)
        blocks += ["\n".join(_section(page, *one, paint, is_done=is_done)) for one in sections]
    blocks.append("\n".join(note_lines(plan, notes, color=color)))
    blocks.append("\n".join(written(plan)) if is_written else "")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _paint(text: str, style: str) -> str:
    return f"{style}{text}{_PLAIN}"


def _leave(text: str, _style: str) -> str:
    return text


def _section(page: PagePlan, name: str, changes: list[Change], paint: _Paint, *, is_done: bool) -> Iterator[str]:
    yield paint(inline(name) or "(before the first heading)", _BOLD)
    for change in changes:
        kind = kind_of(change.kind)
        before, after = kind.boxes(change)
        evidence = join(evidence_of(page, change), " ")
        known = "" if change.caused else " (due before)"
        box = paint(f"{before} -> {after}", _GREEN)
        yield f"  {change.line:>5}  {box}  {inline(words_of(change, _WIDTH))}"
        yield paint(f"         {kind.past if is_done else kind.name}: {inline(evidence)}{known}", _DIM)


def note_lines(plan: Plan, notes: Shown, *, color: bool = False) -> Iterator[str]:
    """Yield the notes under their heading, then how many are only counted."""
    paint = _paint if color else _leave
    picked = pick_notes(plan, notes)
    if picked.shown:
        yield paint("Notes" if notes == "all" else "Needs attention", _BOLD)
    for page, note in picked.shown:
        place = f"{page.path}:{note.line}" if note.line else page.path
        name = f"{name_of(page, note.reference)} " if note.reference else ""
        line = inline(f"  {place}: {name}{note.message} [{note.kind}]")
        yield paint(line, _YELLOW) if note.level == "attention" else line
    if counted := counted_line(picked):
        yield counted


def check_lines(plan: Plan) -> str:
    """Return one line a caused change, `path:line:column: kind #N reason`; the changes due before are counted."""
    lines: list[str] = []
    for page in plan.pages:
        due = (change for change in page.changes if change.caused)
        lines += [inline(f"{page.path}:{one.line}:{one.column}: {said_of(page, one)}") for one in due]
        if before := sum(not change.caused for change in page.changes):
            lines.append(inline(f"{page.path}: {count(before, 'change was', 'changes were')} due before"))
    return "".join(f"{line}\n" for line in lines)
