"""Owns the verdict on a run in words, one line a page: the same first line in every form of report.

Must not know where it is shown; what a stranger wrote stands in it as inert.py leaves it for a terminal.
"""

from collections.abc import Iterator

from roadmap_sync.errors import RoadmapSyncError, quoted
from roadmap_sync.inert import inline
from roadmap_sync.page.model import Page
from roadmap_sync.plan.kinds import KINDS, ChangeKind, kind_of
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report.words import count, join


def summary(plan: Plan) -> str:
    """Return one line a page: the changes, the lines without a reference, the notes."""
    lines: list[str] = []
    is_said = False
    for page in plan.pages:
        guess = _guess(page)
        if guess == _NO_GUESS:
            guess, is_said = ("" if is_said else guess), True
        lines.append(f"{inline(page.path)}: {_verdict(page, guess)}")
    return "\n".join(lines)


def _verdict(page: PagePlan, guess: str) -> str:
    if page.error is not None:
        return inline(_error(page.path, page.error))
    if page.page is None:
        return "not read"
    if not page.changes and (nothing := nothing_to_check(page)):
        return join([nothing, _notes(page)], "; ")
    return join([_changes(page), _lines(page.page), _notes(page), guess], "; ")


def _error(path: str, error: RoadmapSyncError) -> str:
    """Say where and what; the path stands before it already."""
    where = error.where.removeprefix(path)
    if where.startswith(":"):
        return f"line {where[1:]}: {error.what}"
    return f"{where}: {error.what}" if where else error.what


def nothing_to_check(page: PagePlan) -> str:
    """Return why nothing can be said of a page: it is not in step then; empty where something can."""
    if page.page is not None and not page.places:
        return f"nothing to check: {_without_places(page.page)}"
    return "" if page.is_known else f"nothing to check: of {count(page.places, 'line')} nothing is known for certain"


def _without_places(page: Page) -> str:
    total = len(page.items)
    if not total:
        table = f"; the table in line {page.table_line} is not read" if page.table_line else ""
        return f"no checklist{table}"
    named = total - len(unreferenced_lines(page))
    if not named:
        return f"none of {total} lines has a reference" if total > 1 else "its only line has no reference"
    return (
        f"{f'all {named} lines with a reference are' if named > 1 else 'the only line with a reference is'} left alone"
    )


def written(plan: Plan) -> Iterator[str]:
    """Yield a line for each page that was written, once that is done: `wrote docs/roadmap.md: 3 ticks`."""
    for page in plan.pages:
        if page.is_writable:
            yield f"wrote {inline(page.path)}: {_due(page)}"


def _due(page: PagePlan) -> str:
    caused = [change.kind for change in page.changes if change.caused]
    return join([counted(caused.count(kind.name), kind) for kind in KINDS if kind.name in caused])


def _changes(page: PagePlan) -> str:
    if page.refusal is not None:
        guard, wanted = page.refusal.guard, page.refusal.would_be
        said = f"refused, {counted(wanted, kind_of(guard))} where at most {page.refusal.limit} may be made at once"
        return f"{said} (--allow {guard}={wanted} lets them through)"
    due = _due(page)
    before = sum(not change.caused for change in page.changes)
    if not before:
        return due or "in step"
    return f"{due or 'nothing is caused here'}; {count(before, 'change was', 'changes were')} due before"


def counted(number: int, kind: ChangeKind) -> str:
    """Return a number of changes with their noun: `3 additions`."""
    return count(number, kind.noun, kind.plural)


def _lines(page: Page) -> str:
    unreferenced, total = len(unreferenced_lines(page)), len(page.items)
    if not total:
        return "no checklist"
    if not unreferenced:
        return f"all {total} lines have a reference" if total > 1 else "its only line has a reference"
    have = "has" if unreferenced == 1 else "have"
    return f"{unreferenced} of {count(total, 'line')} {have} no reference"


def unreferenced_lines(page: Page) -> list[int]:
    """Return the lines of the task items that name no issue or pull request."""
    return [item.line for item in page.items if not item.references]


def _notes(page: PagePlan) -> str:
    attention = sum(note.level == "attention" for note in page.notes)
    remarks = len(page.notes) - attention
    needs = count(attention, "needs attention", "need attention") if attention else ""
    return join([needs, count(remarks, "remark") if remarks else ""])


_NO_GUESS = "no Status means done"


def _guess(page: PagePlan) -> str:
    """Say which Status was taken for done where no config names one; that there is none is said once a run."""
    if page.guessed_done is None or page.page is None:
        return ""
    if not page.guessed_done:
        return _NO_GUESS
    return f"done = {quoted(map(inline, page.guessed_done))} (guessed)"
