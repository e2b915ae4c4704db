"""Owns what every report shows of one change or note, in words; must not know where a report goes.

Each module beside this one is one form of the same plan: pure functions of a `plan.Plan`, so that all of them say
the same thing. Text is returned as strangers wrote it: each form makes it harmless for its own reader (inert.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from roadmap_sync.board.model import ReadCost
from roadmap_sync.page.model import Page
from roadmap_sync.plan.change import Change, Note
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.references import Reference

Shown = Literal["attention", "all"]

#: More notes than this are counted: a long list is not read.
MOST_NOTES = 10

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|\{/\*.*?(?:\*/\}|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])(?:\{[^{}]*\})?")


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a plan as a report shows them: page and note, and how many are only counted."""

    shown: tuple[tuple[PagePlan, Note], ...]
    more_attention: int
    remarks: int


def pick_notes(plan: Plan, notes: Shown) -> Notes:
    """Return the notes to show, the most telling first: all of them, or at most ten that need attention."""
    every = [(page, note) for page in plan.pages for note in page.notes]
    if notes == "all":
        return Notes(tuple(every), 0, 0)
    attention = [(page, note) for page, note in every if note.level == "attention"]
    rest = max(0, len(attention) - MOST_NOTES)
    return Notes(tuple(attention[:MOST_NOTES]), rest, len(every) - len(attention))


def counted_line(notes: Notes) -> str:
    """Return how many notes are not shown, and how to see them; empty where all are."""
    more = count(notes.more_attention, "more needs attention", "more need attention")
    remarks = count(notes.remarks, "remark")
    counted = join([more if notes.more_attention else "", remarks if notes.remarks else ""])
    return f"{counted}; --notes all" if counted else ""


def sections_of(page: PagePlan) -> list[tuple[str, list[Change]]]:
    """Return the changes in the page's order, under the path of the section that each stands in."""
    title = f"{_only_title(page.page)} > " if page.page and _only_title(page.page) else ""
    groups: list[tuple[str, list[Change]]] = []
    for change in page.changes:
        name = change.area.removeprefix(title) if title else change.area
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(change)
    return groups


def _only_title(page: Page) -> str:
    """Return the one title that stands above the whole page; empty where there is none."""
    titles = [section for section in page.sections if section.level == 1]
    return titles[0].name if len(titles) == 1 and titles[0] is page.sections[0] else ""


def words_of(change: Change, limit: int) -> str:
    """Return the words that a change is about, links reduced to their text, cut to `limit` characters.

    A change without words of its own is called by its item's title.
    """
    text = kind_of(change.kind).words(change)
    plain = " ".join(_LINK.sub(r"\1", _COMMENT.sub("", text)).split())
    return shorten(plain or " ".join(change.title.split()), limit)


def evidence_of(page: PagePlan, change: Change) -> tuple[str, str]:
    """Return the item's name as the page's readers know it, and the reason for the change.

    Where several references decide, each stands in the reason already, and the name is empty.
    """
    if change.because.startswith(f"{change.reference.name} "):
        return "", change.because
    return name_of(page, change.reference), change.because


def said_of(page: PagePlan, change: Change) -> str:
    """Return the kind of a change and its evidence: `tick #12 merged on 2026-03-01`."""
    return join([change.kind, *evidence_of(page, change)], " ")


def name_of(page: PagePlan, reference: Reference) -> str:
    """Return `#N` in the page's own repository, `owner/repo#N` elsewhere, a draft's id."""
    own = page.page.rules.repository if page.page else ""
    is_own = f"{reference.owner}/{reference.repo}".lower() == own.lower()
    return f"#{reference.number}" if is_own and not reference.draft else reference.name


def shorten(text: str, limit: int) -> str:
    """Return the text cut to `limit` characters, with an ellipsis for what is gone."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def count(number: int, one: str, many: str = "") -> str:
    """Return the number with its noun: `1 tick`, `3 ticks`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def cost_of(read: ReadCost) -> str:
    """Return what a reading cost: `2 requests, 2 points, 0.6 s`."""
    return f"{count(read.requests, 'request')}, {count(read.points, 'point')}, {read.seconds:.1f} s"


def join(parts: Sequence[str], between: str = ", ") -> str:
    """Return the parts that say something, joined."""
    return between.join(part for part in parts if part)
