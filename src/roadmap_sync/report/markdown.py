"""Owns the plan as a comment, a pull request's body or a step summary on GitHub.

What it returns pings nobody, closes nothing and fits into a comment; must not know which of the three it is for.
An item is linked through `redirect.github.com`: GitHub answers there with a redirect to the item,
and writes no "mentioned this" into its timeline, which a link to `github.com` does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from roadmap_sync.inert import markdown
from roadmap_sync.plan.change import Change
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.references import Reference
from roadmap_sync.report.summary import summary
from roadmap_sync.report.words import (
    Notes,
    Shown,
    count,
    counted_line,
    evidence_of,
    name_of,
    pick_notes,
    sections_of,
    shorten,
    words_of,
)

#: GitHub takes 65,536 characters; the rest is kept free for what a publisher adds.
LARGEST = 60_000
#: Characters kept free for the closing counts.
_TAIL = 300
_TITLE, _SENTENCE, _LINE = 100, 400, 2000
_TABLE = "| Section | Line | Change | Evidence |\n| --- | ---: | --- | --- |\n"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Text that is shown whole or only counted, as `what`. Without `what` it is a heading, shown if a row follows."""

    text: str
    what: str = ""


def render(plan: Plan, *, notes: Shown = "attention") -> str:
    """Return the report as Markdown of at most 60,000 characters, cut by whole rows with a count of the rest."""
    picked = pick_notes(plan, notes)
    body = opening(plan)
    shown, left = fitted([*change_rows(plan), *note_rows(plan, picked, notes)], LARGEST - _TAIL - len(body))
    return body + shown + left_out(left, picked)


def fitted(rows: Iterable[ReportRow], room: int) -> tuple[str, list[str]]:
    """Return the text of the rows that fit into `room` characters, and the `what` of each that does not."""
    body = head = ""
    left: list[str] = []
    for row in rows:
        if not row.what:
            head += row.text
        elif left or len(body) + len(head) + len(row.text) > room:
            left.append(row.what)
        else:
            body, head = body + head + row.text, ""
    return body, left


def opening(plan: Plan) -> str:
    """Return a paragraph a page; where the pages are too many for a comment, the first and a count."""
    lines = summary(plan).split("\n")
    body = "\n\n".join(markdown(shorten(line, _LINE)) for line in lines) + "\n"
    if len(body) <= LARGEST // 2:
        return body
    return f"{markdown(shorten(lines[0], _LINE))}\n\nand {count(len(lines) - 1, 'more page')}.\n"


def left_out(left: list[str], notes: Notes) -> str:
    """Return the sentences that count what there was no room for, and the notes that are not shown."""
    parts = [count(left.count(what), what) for what in dict.fromkeys(left)]
    for_length = f"Left out here for length: {' and '.join(parts)}." if parts else ""
    return "".join(f"\n{line}\n" for line in (for_length, counted_line(notes)) if line)


def change_rows(plan: Plan) -> Iterator[ReportRow]:
    """Yield a table a page, with the page's path above where a run has several."""
    for page in plan.pages:
        if not page.changes or page.error is not None:
            continue
        yield ReportRow(f"\n**{markdown(page.path)}**\n" if len(plan.pages) > 1 else "")
        yield ReportRow("\n" + _TABLE)
        for name, group in sections_of(page):
            for change in group:
                yield ReportRow(_change(page, name, change), "change")


def _change(page: PagePlan, section: str, change: Change) -> str:
    before, after = kind_of(change.kind).boxes(change)
    name, because = evidence_of(page, change)
    known = "" if change.caused else " (due before)"
    cells = (
        markdown(shorten(section, _TITLE)),
        str(change.line),
        f"`{before}` → `{after}` {markdown(words_of(change, _TITLE))}",
        f"{_link(page, change.reference, name)}{markdown(shorten(because, _SENTENCE))}{known}",
    )
    return f"| {' | '.join(cells)} |\n"


def _link(page: PagePlan, reference: Reference, name: str) -> str:
    """Return the name as a link that adds nothing to the item's timeline; plain on hosts other than github.com."""
    if not name:
        return ""
    shown = markdown(name)
    if reference.draft or page.page is None or page.page.host != "github.com":
        return f"{shown} "
    path = f"{reference.owner}/{reference.repo}/issues/{reference.number}"
    return f"[{shown}](https://redirect.github.com/{path}) "


def note_rows(plan: Plan, picked: Notes, notes: Shown) -> Iterator[ReportRow]:
    """Yield the notes that are shown, under their heading."""
    yield ReportRow("\n**Notes**\n\n" if notes == "all" else "\n**Needs attention**\n\n")
    for page, note in picked.shown:
        line = f"line {note.line}" if note.line else "the page"
        place = line if len(plan.pages) == 1 else f"{markdown(page.path)}, {line}"
        name = _link(page, note.reference, name_of(page, note.reference)) if note.reference else ""
        said = markdown(shorten(note.message, _SENTENCE))
        yield ReportRow(f"* {place}: {name}{said} (`{note.kind}`)\n", "note")
