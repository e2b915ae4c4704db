"""Owns what a first config could say about a page and its board: statuses, areas, filters, what cannot be tracked.

Proposals for a person, who may change each. Nothing here makes a plan do more than tick: an area's filter is only
offered. Must not know TOML, files or GitHub.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from roadmap_sync.board import filters
from roadmap_sync.board.facts import Facts
from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.board.verdict import done_statuses, is_private_page, status_words
from roadmap_sync.page.model import Page, Section, TaskItem, TaskList
from roadmap_sync.rules import Rules
from roadmap_sync.suggest.candidates import Candidate, Link, Linker, Mention, find_mentions

#: Statuses of work that nobody promised, or gave up, in words without case and signs: nothing of these is added.
_UNPROMISED = frozenset(
    {
        *("idea", "ideas", "new", "inbox", "triage", "needs triage", "to triage", "someday", "icebox", "maybe"),
        *("later", "on hold", "paused", "blocked", "wont do", "wontfix", "rejected", "declined", "duplicate"),
        *("dropped", "cancelled", "canceled", "abandoned", "archived", "stale"),
    }
)
#: Done, but not released to users yet.
_NOT_OUT = frozenset({"coming soon", "merged", "complete", "completed"})
_LAUNCHED = ("launched", "shipped", "released", "delivered", "done", "completed", "finished")
_DROPPED = ("dropped", "rejected", "declined", "cancelled", "canceled", "abandoned", "not planned", "discontinued")

#: A filter is offered where it lets through at least this many of an area's items, and half of them.
_FEWEST_MATCHED = 2
#: A label filter asks for no date, so that any day will do.
_ANY_DAY = date(2000, 1, 1)
_PLAIN = re.compile(r"[\w./#-]+")


@dataclass(frozen=True, slots=True)
class Statuses:
    """What the board's options may mean: what ticks, what may be added, what finishes an area."""

    done: tuple[str, ...]
    add: tuple[str, ...]
    launched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """A filter, how many of the area's items it lets through of how many, and how many of the board's in all.

    `lacking` counts those that the page does not name and whose Status may be added.
    """

    text: str
    own: int
    of: int
    matched: int
    lacking: int


@dataclass(frozen=True, slots=True)
class ProposedArea:
    """A section with a checklist. Its text names `tracking`; `alike` only shares words with its heading."""

    heading: str
    line: int
    label: str
    boxes: int
    tracking: Item | None
    alike: Candidate | None
    filter: AreaFilter | None


@dataclass(frozen=True, slots=True)
class ProposedPage:
    """What a page's share of a config could say, and what of it cannot be tracked.

    `nameless` are sections with a checklist whose path names several. `unread` are references that GitHub did not
    answer for, by their lines.
    """

    page: Page
    areas: tuple[ProposedArea, ...]
    nameless: tuple[Section, ...]
    launched_heading: str
    dropped_heading: str
    legend_heading: str
    links: tuple[Link, ...]
    unread: tuple[tuple[int, str], ...]


def statuses_of(options: Sequence[str]) -> Statuses:
    """Return what the board's options may mean, by their words."""
    done = done_statuses(Rules(), tuple(options))
    add = tuple(one for one in options if one not in done and _plain(one) not in _UNPROMISED)
    out = tuple(one for one in done if _plain(one) not in _NOT_OUT)
    return Statuses(done, add, out or done)


def propose(page: Page, board: Board) -> ProposedPage:
    """Return what a config could say about a page."""
    linker, shelf = Linker(page, board), _PageAndBoard.of(page, board)
    bound = {index: name for index, one in enumerate(page.sections) if (name := _shortest(page, one))}
    launched, dropped = (_heading(page, bound, names) for names in (_LAUNCHED, _DROPPED))
    settled = [page.sections[index] for index in (launched, dropped) if index is not None]
    listed = {one.section for one in page.lists if one.depth == 0 and one.section is not None}
    open_ones = [i for i in sorted(listed) if not any(s.line <= page.sections[i].line <= s.end_line for s in settled)]
    areas = tuple(_area(shelf, linker, index, bound[index]) for index in open_ones if index in bound)
    return ProposedPage(
        page=page,
        areas=areas,
        nameless=tuple(page.sections[index] for index in open_ones if index not in bound),
        launched_heading=_lifecycle(page, bound, launched, open_ones),
        dropped_heading=_lifecycle(page, bound, dropped, open_ones),
        legend_heading=_legend(page, board, bound),
        links=linker.propose(),
        unread=tuple(
            (item.line, reference.name)
            for item in page.items
            for reference in item.references
            if isinstance(board.answers.get(reference.key), Unread)
        ),
    )


def _plain(text: str) -> str:
    """Return the words that an option or a heading is compared by; `won't do` and `wont do` are the same."""
    return status_words(text.replace("'", "").replace("\u2019", ""))


def _shortest(page: Page, section: Section) -> str:
    """Return the shortest path that names a section and no other; empty where none does."""
    for size in range(1, len(section.path) + 1):
        path = " > ".join(section.path[-size:])
        if page.find_sections(path) == (section,):
            return path
    return ""


def _heading(page: Page, bound: dict[int, str], names: Sequence[str]) -> int | None:
    """Return the section whose heading is one of these names; the highest level of several."""
    found = (index for index in bound if _plain(page.sections[index].path[-1]) in names)
    return min(found, key=lambda index: page.sections[index].level, default=None)


def _lifecycle(page: Page, bound: dict[int, str], index: int | None, areas: Sequence[int]) -> str:
    """Return a lifecycle heading's path; empty where it is of no higher level than the areas, which go under it."""
    if index is None or any(page.sections[area].level <= page.sections[index].level for area in areas):
        return ""
    return bound[index]


def _legend(page: Page, board: Board, bound: dict[int, str]) -> str:
    """Return the heading under which most of the board's options begin a text of their own."""
    options = {_plain(option) for option in board.options}
    counts: Counter[int] = Counter()
    for (_, _, _, text), line in zip(page.outline, page.outline_lines, strict=True):
        words = _plain(re.split(r"[.:\n\u2013\u2014]| - ", text, maxsplit=1)[0])
        inside = [index for index in bound if page.sections[index].line < line <= page.sections[index].end_line]
        if words in options and inside:
            counts[inside[-1]] += 1
    best = max(counts, key=lambda index: counts[index], default=None)
    return bound[best] if best is not None and counts[best] * 2 > len(options) else ""


@dataclass(frozen=True, slots=True)
class _PageAndBoard:
    """A page and its board, with what each area asks of them: the page's mentions, and by id the cards with facts."""

    page: Page
    board: Board
    mentions: tuple[Mention, ...]
    cards: Mapping[str, Item]
    is_private_shown: bool

    @classmethod
    def of(cls, page: Page, board: Board) -> "_PageAndBoard":
        is_shown = page.rules.allow_private or is_private_page(page.rules, board)
        items = [one for one in board.items or () if one.placement and not one.placement.archived]
        cards = {one.id: one for one in items if one.facts and (is_shown or not one.is_private)}
        return cls(page, board, find_mentions(page), cards, is_shown)


def _area(shelf: _PageAndBoard, linker: Linker, index: int, heading: str) -> ProposedArea:
    page, section = shelf.page, shelf.page.sections[index]
    lists = [one for one in page.lists if one.section == index and one.depth == 0]
    boxes = [item for item in page.items if item.section == index]
    tracking = _tracking(shelf, section, lists)
    # The paragraph above the longest list, where that tells it from the others.
    label = max(lists, key=lambda one: len(one.bullets)).label if len({one.label for one in lists}) > 1 else ""
    return ProposedArea(
        heading=heading,
        line=section.line,
        label=label,
        boxes=len(boxes),
        tracking=tracking,
        alike=None if tracking else linker.find_issue(section),
        filter=_filter(shelf, boxes, tracking),
    )


def _tracking(shelf: _PageAndBoard, section: Section, lists: Sequence[TaskList]) -> Item | None:
    """Return the one issue that a section's own text names above its lists; None where it names several or none."""
    named = [one.reference for one in shelf.mentions if section.line <= one.line < lists[0].line]
    answers = [shelf.board.answers.get(one.key) for one in named if not one.has_comment_tail]
    issues = {one.id: one for one in answers if isinstance(one, Item) and one.kind == "issue"}
    found = next(iter(issues.values())) if len(issues) == 1 else None
    return found if found and (shelf.is_private_shown or not found.is_private) else None


def _filter(shelf: _PageAndBoard, boxes: Sequence[TaskItem], tracking: Item | None) -> AreaFilter | None:
    """Return the filter that fits an area's items best; None where nothing binds them, or no facts were read."""
    page, board, cards = shelf.page, shelf.board, shelf.cards
    own = _referenced(boxes, board) & set(cards)
    others = _referenced(page.items, board) - own
    texts = dict.fromkeys(text for key in sorted(own) for text in _texts(cards[key].facts or Facts(), tracking))
    add = statuses_of(board.options).add
    found: list[tuple[tuple[int, int, int], AreaFilter]] = []
    for text in texts:
        judged = filters.parse(text, where="")
        matched = {key for key, item in cards.items() if judged.matches(item, today=_ANY_DAY)}
        mine, theirs = len(matched & own), len(matched & others)
        if mine >= _FEWEST_MATCHED and mine * 2 >= len(own) and theirs < mine:
            lacking = [key for key in matched - own - others if (card := cards[key].placement) and card.status in add]
            one = AreaFilter(text, mine, len(own), len(matched), len(lacking))
            found.append(((mine - theirs, -len(matched), -len(found)), one))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _referenced(boxes: Sequence[TaskItem], board: Board) -> set[str]:
    answers = (board.answers.get(reference.key) for item in boxes for reference in item.references)
    return {answer.id for answer in answers if isinstance(answer, Item)}


def _texts(facts: Facts, tracking: Item | None) -> Iterator[str]:
    """Yield the filters that let an item through by what binds it to others."""
    if tracking and facts.parent == tracking.name.lower():
        yield f"parent-issue:{tracking.name}"
    words = [("label", label) for label in facts.labels] + ([("milestone", facts.milestone)] if facts.milestone else [])
    yield from (f"{name}:{quoted}" for name, word in words if (quoted := _quoted(word)))


def _quoted(word: str) -> str:
    """Return a word as a filter takes it; empty for one that no quotes can hold, or that stands for others."""
    if "*" in word:
        return ""
    return word if _PLAIN.fullmatch(word) else filters.in_quotes(word)
