"""Owns which item a line without a reference may be about: candidates with a score, and reasons in words.

A person decides: no line is ever linked by its title alone. A candidate is proposed only where its score is high, and
well above that of the next. Must not know files or config, nor write a pin.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.model import Board, Item
from roadmap_sync.board.verdict import is_dropped, is_private_page
from roadmap_sync.page.markdown import Markdown
from roadmap_sync.page.model import Page, Section, TaskItem
from roadmap_sync.page.naming import read_naming
from roadmap_sync.references import Reference
from roadmap_sync.suggest.wording import Likeness, Surroundings, Titles, Words, words_of

#: Below this a candidate is not worth reading.
_LOWEST = 30
#: The score from which one may be proposed, and the score it needs where the shared words weigh less than `_MUCH_TOLD`:
#: then the texts must be nearly the same. Measured by `python -m benchmarks link`.
_PROPOSED, _ALL_BUT_THE_SAME = 70, 92
_MUCH_TOLD = 2.5
#: How many telling words a line and a title must share.
_FEWEST_NAMES = 2
#: By how many points the best must lead.
_MARGIN = 12

#: What speaks for an item besides words, in points of its score, and what against it.
_IS_RELATED, _IS_NAMED, _IS_MARKED, _IS_DROPPED, _IS_OPEN = 8, 5, 4, -15, -5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that a line may be about. `score` goes from 0 to 100; `reasons` say in words where it comes from."""

    item: Item
    score: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A line without a reference, what it may be about, best first, and which of them stands out, if one does.

    `against` says why none is proposed; empty where one is, and where nothing is near.
    """

    item: TaskItem
    candidates: tuple[Candidate, ...] = ()
    proposed: Candidate | None = None
    against: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference that the page's text names outside code, and the line where its block begins (from 1)."""

    reference: Reference
    line: int


@dataclass(frozen=True, slots=True)
class _Nearby:
    """What is around a line: the words of its heading and prose, and the items that its section names."""

    words: Surroundings
    named: tuple[Item, ...] = ()


def is_linkable(page: Page, item: TaskItem) -> bool:
    """Whether a line may get a pin: it has no reference, is not struck or ignored, and is in the chosen sections."""
    return not (item.references or item.is_struck or item.is_ignored) and page.is_selected(item)


def find_mentions(page: Page) -> tuple[Mention, ...]:
    """Return the references in all blocks of the page apart from code and HTML, in its order."""
    markdown = Markdown(is_mdx=page.path.endswith(".mdx"), definitions=page.definitions)
    blocks = zip(page.outline, page.outline_lines, strict=True)
    return tuple(
        Mention(reference, line)
        for (kind, _, _, text), line in blocks
        if text and kind not in {"code", "html"}
        for reference in read_naming(markdown.inline(text), page.origin).mentions
    )


def with_mentions(page: Page) -> Page:
    """Return the page with the references of all its text gathered, so that they are looked up as well."""
    known = {one.reference.key: one.reference for one in find_mentions(page)}
    return replace(page, mentions=tuple(known.values()))


class Linker:
    """Ranks what a page's lines may be about, among the board's items and those that the page refers to.

    What is private is left out, unless the page may show it.
    """

    def __init__(self, page: Page, board: Board) -> None:
        self._page = page
        self._items = {one.id: one for one in _visible(page, board)}
        self._titles = Titles({key: one.title for key, one in self._items.items()})
        self._mentions = [(one.line, board.answers.get(one.reference.key)) for one in find_mentions(page)]
        self._named = _named_lines(page, board)
        self._areas: dict[int | None, _Nearby] = {None: _Nearby(Surroundings())}

    def rank(self, item: TaskItem) -> tuple[Candidate, ...]:
        """Return the items that a line may be about, at most three, the best first; none where none is like it."""
        return _best(self._ranked(item.text, item.section, item))

    def find_issue(self, section: Section) -> Candidate | None:
        """Return the issue that a whole section may be about, by its heading; None where none stands out."""
        ranked = [pair for pair in self._ranked(section.path[-1], None, None) if pair[0].item.kind == "issue"]
        return ranked[0][0] if ranked and not self._against(ranked) else None

    def propose(self) -> tuple[Link, ...]:
        """Return every line that may get a pin, with its candidates, and the one that stands out, if any."""
        lines = (item for item in self._page.items if is_linkable(self._page, item))
        return tuple(_without_rivals([self._link(item) for item in lines]))

    def lines_about(self) -> dict[str, int]:
        """Return by item id the first line without a reference that is about it, as far as words alone tell.

        What else is on the page is left out of it: so an added line changes nothing of the answer.
        """
        lines: dict[str, int] = {}
        for item in (one for one in self._page.items if not one.references):
            ranked = self._ranked(item.text, None, None)
            if ranked and not self._against_words(ranked):
                lines.setdefault(ranked[0][0].item.id, item.line)
        return lines

    def _link(self, item: TaskItem) -> Link:
        ranked = self._ranked(item.text, item.section, item)
        if not ranked:
            return Link(item)
        shown = _best(ranked)
        against = self._against(ranked)
        return Link(item, shown, None if against else shown[0], against)

    def _against(self, ranked: Sequence[tuple[Candidate, Likeness]]) -> str:
        """Return why the best candidate is not proposed; empty where it is."""
        if line := self._named.get(ranked[0][0].item.id):
            return f"line {line} refers to it already"
        if is_dropped(ranked[0][0].item):
            return "it was given up"
        return self._against_words(ranked)

    def _against_words(self, ranked: Sequence[tuple[Candidate, Likeness]]) -> str:
        """Return why the best candidate does not stand out; empty where it does."""
        best, alike = ranked[0]
        least = _PROPOSED if alike.telling >= _MUCH_TOLD else _ALL_BUT_THE_SAME
        if alike.names < _FEWEST_NAMES:
            return "too few telling words in common"
        if alike.is_apart:
            return "each of the two has telling words of its own"
        if best.score < least:
            return f"its score is below {least}"
        rival = next((one for one, _ in ranked[1:] if not _is_same_work(best.item, one.item)), None)
        if rival is not None and best.score - rival.score < _MARGIN:
            return f"{rival.item.name} is nearly as like the line"
        return ""

    def _ranked(self, text: str, section: int | None, item: TaskItem | None) -> list[tuple[Candidate, Likeness]]:
        words, area = words_of(text), self._area(section)
        found = [self._candidate(item, words, area, key) for key in self._titles.sharing(words)]
        likely = (pair for pair in found if pair[0].score >= _LOWEST)
        # Of two equal scores an issue goes before a pull request, since boards track issues.
        return sorted(likely, key=lambda it: (-it[0].score, it[0].item.kind == "pull_request", it[0].item.name))

    def _candidate(self, item: TaskItem | None, words: Words, area: _Nearby, key: str) -> tuple[Candidate, Likeness]:
        one, alike = self._items[key], self._titles.likeness(words, key, area.words)
        points, reasons = _relations(item, one, area.named)
        score = max(0, min(100, round(alike.score + points)))
        return Candidate(one, score, (f"in common: {', '.join(alike.shared)}", *reasons)), alike

    def _area(self, index: int | None) -> _Nearby:
        if index is not None and index not in self._areas:
            self._areas[index] = self._area_of(self._page.sections[index])
        return self._areas[index]

    def _area_of(self, section: Section) -> _Nearby:
        inside = (answer for line, answer in self._mentions if section.line <= line <= section.end_line)
        named = {one.id: one for one in inside if isinstance(one, Item) and one.id in self._items}
        blocks = zip(self._page.outline, self._page.outline_lines, strict=True)
        own = (entry for entry, line in blocks if section.line < line <= section.end_line)
        prose = (stem for kind, _, _, text in own if kind == "paragraph" for stem in words_of(text).stems)
        words = Surroundings(frozenset(words_of(section.path[-1]).stems), frozenset(prose))
        return _Nearby(words, tuple(self._items[key] for key in named))


def _best(ranked: Sequence[tuple[Candidate, Likeness]]) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate, _ in ranked[:3])


def _visible(page: Page, board: Board) -> list[Item]:
    """Return what may be named on this page: the board's items and what the page refers to, with facts if any."""
    is_shown = page.rules.allow_private or is_private_page(page.rules, board)
    items: dict[str, Item] = {}
    for one in (*(board.items or ()), *board.answers.values()):
        if isinstance(one, Item) and (one.id not in items or items[one.id].facts is None):
            items[one.id] = one
    return [one for one in items.values() if one.title.strip() and (is_shown or not one.is_private)]


def _named_lines(page: Page, board: Board) -> dict[str, int]:
    """Return on which line of the checklist an item is referred to first, by its id."""
    lines: dict[str, int] = {}
    for item in page.items:
        for reference in item.references:
            answer = board.answers.get(reference.key)
            lines.setdefault(answer.id if isinstance(answer, Item) else reference.key, item.line)
    return lines


def _without_rivals(links: Sequence[Link]) -> Iterator[Link]:
    """Drop an item that is proposed for several lines: which of them it belongs to is not known."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for link in links:
        if link.proposed:
            wanted[link.proposed.item.id].append(link.item.line)
    for link in links:
        lines = wanted[link.proposed.item.id] if link.proposed else []
        other = next((line for line in lines if line != link.item.line), None)
        yield link if other is None else replace(link, proposed=None, against=f"line {other} is about it as well")


def _is_same_work(one: Item, other: Item) -> bool:
    """Whether two items are one piece of work: an issue and a pull request that closes it, or duplicates."""
    return other.name.lower() in _partners(one) or one.name.lower() in _partners(other)


def _partners(item: Item) -> frozenset[str]:
    facts = item.facts or Facts()
    pulls = (f"{pull.owner}/{pull.repo}#{pull.number}".lower() for pull in item.closing or ())
    return frozenset({*facts.closes, *facts.closed_by, facts.duplicate_of, *pulls})


def _relations(item: TaskItem | None, one: Item, named: Sequence[Item]) -> tuple[int, list[str]]:
    """Return the points for and against an item that do not come from its words, and the reasons."""
    points, reasons = 0, []
    others = [other for other in named if other.id != one.id]
    if len(others) < len(named):
        points, reasons = _IS_NAMED, ["the area's text names it"]
    elif kin := next((kin for other in others if (kin := _kinship(one, other))), ""):
        points, reasons = _IS_RELATED, [kin]
    elif mark := _mark(one.facts or Facts(), [other.facts for other in others if other.facts]):
        points, reasons = _IS_MARKED, [mark]
    if is_dropped(one):
        return points + _IS_DROPPED, [*reasons, "but it was given up"]
    if item and item.is_ticked and one.state == "OPEN":
        return points + _IS_OPEN, [*reasons, "but it is open, and the box ticked"]
    return points, reasons


def _kinship(one: Item, other: Item) -> str:
    """Say how an item belongs to one that its area names; empty where it does not."""
    mine, theirs = one.facts or Facts(), other.facts or Facts()
    if other.name.lower() == mine.parent:
        return f"a sub-issue of {other.name}, which the area names"
    if one.name.lower() == theirs.parent:
        return f"the parent of {other.name}, which the area names"
    if mine.parent and mine.parent == theirs.parent:
        return f"of one parent with {other.name}, which the area names"
    return f"of one work with {other.name}, which the area names" if _is_same_work(one, other) else ""


def _mark(mine: Facts, others: Sequence[Facts]) -> str:
    """Say which label most of the area's items share with this one, or which milestone any of them."""
    labels = Counter(label for facts in others for label in facts.labels)
    label = next((label for label in mine.labels if labels[label] * 2 > len(others)), "")
    if label:
        return f'the label "{label}", as others of its area'
    is_same = mine.milestone and any(mine.milestone == facts.milestone for facts in others)
    return f'the milestone "{mine.milestone}", as others of its area' if is_same else ""
