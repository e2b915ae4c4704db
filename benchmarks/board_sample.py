"""Owns what the boards of `board` hold and what the page refers to, by numbers alone; the same in every run.

Must not know the stand-in: the process that reads makes the same page without it. Of every board eight areas
want some: two of them 350 items each (35 of the board of 100, which has no more), six of them four each. On the page
with narrow areas the two name a second label, which half of theirs have: so they match 350 between them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from roadmap_sync.board import filters
from roadmap_sync.board.question import BoardAddress, Question
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import question_of
from roadmap_sync.rules import Area, Rules

OWNER, NUMBER, REPOSITORY = "acme", 3, "acme/rocket"
URL = f"https://github.com/orgs/{OWNER}/projects/{NUMBER}"
ADD, DONE = ("Backlog", "Working on it"), ("Coming soon", "Shipped")
STATUSES = (*ADD, *DONE)
LABELS = ("tracing", "metrics", "logging", "parser", "storage", "billing", "search", "mobile")
LARGE, SECOND = 2, "soon"
#: The kinds of page.
AREAS = ("none", "narrow", "wide")

REFERENCES, OFF_BOARD = 60, 12


@dataclass(frozen=True)
class Content:
    """What one place of the board holds; `number` is its issue's or pull request's, or only its place's."""

    number: int
    kind: str
    status: str | None
    labels: tuple[str, ...]
    has_pull: bool = False

    @property
    def is_archived(self) -> bool:
        """Whether somebody archived it: one in forty of what no area wants."""
        return self.number % 40 == 3 and len(self.labels) == 1

    @property
    def is_done(self) -> bool:
        """Whether it is closed or merged, as all in a done column are."""
        return self.status in DONE


@dataclass(frozen=True)
class Sample:
    """A board of so many items, and a page about some of them."""

    size: int

    @cached_property
    def wanted(self) -> dict[int, str]:
        """Return the label of each item that an area wants, by number: spread over the whole board."""
        large, small = min(350, self.size * 35 // 100), min(4, self.size // 100)
        counts = [large if place < LARGE else small for place in range(len(LABELS))]
        numbers = iter(random.Random(self.size).sample(range(1, self.size + 1), sum(counts)))
        return {next(numbers): label for label, count in zip(LABELS, counts, strict=True) for _ in range(count)}

    def contents(self) -> Iterator[Content]:
        """Yield what the board holds, from top to bottom; some lie beside it, after its last number."""
        is_even = dict.fromkeys(LABELS, True)
        for number in range(1, self.size + 1):
            if label := self.wanted.get(number):
                second = SECOND if is_even[label] else "later"
                is_even[label] = not is_even[label]
                yield Content(number, "issue", ADD[number % 2], (label, second), has_pull=number % 3 == 0)
            else:
                kind = "draft" if number % 50 == 7 else "pull" if number % 10 == 0 else "issue"
                yield Content(number, kind, (*STATUSES, None)[number % 5], ("bug",), has_pull=number % 7 == 0)

    def beside(self) -> Iterator[Content]:
        """Yield what the page refers to and no board holds."""
        for number in range(self.size + 1, self.size + 1 + OFF_BOARD):
            yield Content(number, "issue" if number % 2 else "pull", (None, DONE[0])[number % 3 == 0], ("bug",))

    def page(self) -> str:
        """Return the page: 60 lines in nine sections, every other finished one ticked."""
        by = random.Random(self.size + 1)
        placed = [content for content in self.contents() if content.kind != "draft"]
        chosen = [*by.sample(placed, REFERENCES - OFF_BOARD), *self.beside()]
        lines = ["# Roadmap"]
        headings = [*LABELS, "other"]
        for place, heading in enumerate(headings):
            lines += ["", f"## {heading.title()}", ""]
            lines += [_line(content) for content in chosen[place :: len(headings)]]
        return "\n".join(lines) + "\n"

    def question(self, kind: str = "none", *, is_whole: bool = False) -> Question:
        """Return what the page needs to know, with areas of one kind."""
        narrow = f" label:{SECOND}" if kind == "narrow" else ""
        texts = [f"label:{label}{narrow if place < LARGE else ''}" for place, label in enumerate(LABELS)]
        pairs = zip(LABELS, texts, strict=True) if kind != "none" else ()
        areas = tuple(Area(label.title(), filter=filters.parse(text, where="")) for label, text in pairs)
        rules = Rules(repository=REPOSITORY, repository_written=True, done=DONE, add=ADD, areas=areas)
        page = parse(self.page().encode(), rules, "github.com")
        return question_of([page], _address(), "Status", whole=is_whole)


def _address() -> BoardAddress:
    return BoardAddress(URL, "github.com", OWNER, NUMBER)


def board_only() -> Question:
    """Return the question for the whole board and nothing beside it."""
    return Question(_address(), whole=True)


def _line(content: Content) -> str:
    path = "pull" if content.kind == "pull" else "issues"
    box = "x" if content.is_done and content.number % 2 else " "
    return f"- [{box}] [Item {content.number}](https://github.com/{REPOSITORY}/{path}/{content.number})"
