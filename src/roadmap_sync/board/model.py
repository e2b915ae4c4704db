"""Owns what GitHub says, as plain frozen values: Board, Item, Placement; must not know how it was asked.

Every date is ISO 8601 in UTC, as GitHub gives it. Names of states are GitHub's own words, upper case:
an unknown word is kept as it came, and judged `unknown` by the verdict.
Source of states and reasons: https://docs.github.com/en/graphql/reference/enums
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from roadmap_sync.board.facts import Facts, slug
from roadmap_sync.board.question import AreaQuery

ItemKind = Literal["issue", "pull_request", "draft"]


@dataclass(frozen=True, slots=True)
class Placement:
    """An item's card on our board. `status` is None where the field is empty."""

    item_id: str
    status: str | None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class ClosingPull:
    """A pull request that closes an issue. It explains a verdict and never makes one."""

    owner: str
    repo: str
    number: int
    state: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An issue, pull request or draft as GitHub described it.

    `id` is the node id of the content and the item's identity: renamed repositories, other case and both
    URL forms of a number give the same one. A draft's id is its item's (`PVTI_…`); owner, repo and url are
    then empty and number is 0.

    `placement` is None for an item that is not on the board.
    `closing` is None where the closing pull requests were not asked or could not be read to the end.
    `base` is the branch a pull request goes to, `default_branch` its repository's.
    `facts` is None where nothing asked for them.
    `is_private` is true for whatever a stranger may not see (a private or internal repository; a draft on a
    board that is not public).
    """

    id: str
    kind: ItemKind
    owner: str
    repo: str
    number: int
    title: str
    url: str
    state: str
    state_reason: str | None = None
    closed_at: str | None = None
    merged_at: str | None = None
    base: str | None = None
    default_branch: str | None = None
    is_private: bool = False
    placement: Placement | None = None
    closing: tuple[ClosingPull, ...] | None = None
    facts: Facts | None = None
    is_base_gone: bool = False
    open_sub_issues: int = 0
    labels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return `owner/repo#N` as GitHub spells it today; a draft's item id."""
        return f"{self.owner}/{self.repo}#{self.number}" if self.number else self.id

    @property
    def status(self) -> str | None:
        """Return its Status on our board; None where that is empty, and off the board."""
        return self.placement.status if self.placement else None

    def field_words(self, name: str) -> tuple[str, ...]:
        """Return what a field of the board holds for it; empty where the field is, or was not read."""
        value = self.facts.fields.get(slug(name)) if self.facts else None
        return value.values if value else ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A reference that could not be read, and why: its verdict is `unknown`.

    `absent_from_snapshot` marks the one reason that is reported once for all lines instead of for each.
    """

    reason: str
    absent_from_snapshot: bool = False


@dataclass(frozen=True, slots=True)
class ReadCost:
    """What a reading cost: requests sent, GraphQL points, seconds of wall time, board items seen."""

    requests: int = 0
    points: int = 0
    seconds: float = 0.0
    items: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """A project's items as read for one Question.

    `answers` maps each reference key that was asked (`references.Reference.key`) to what GitHub said of it.
    `items` holds the whole board in board order where that was asked for, else None.
    `candidates` holds for each area's query the items that match it, as judged by `filters.py`, with their facts, in
    board order, without archived ones.
    `visibility` maps `owner/repo` (lower case) of a page's repository to GitHub's word
    (`PUBLIC`, `PRIVATE`, `INTERNAL`); absent where it was not or could not be read.
    `public` is None where GitHub did not say.
    `notes` are sentences about facts that could not be read, one for each kind; they name no private item.
    """

    url: str
    title: str
    public: bool | None
    status_field: str
    options: tuple[str, ...]
    answers: Mapping[str, Item | Unread]
    visibility: Mapping[str, str] = field(default_factory=dict)
    items: tuple[Item, ...] | None = None
    candidates: Mapping[AreaQuery, tuple[Item, ...]] = field(default_factory=dict)
    total: int = 0
    notes: tuple[str, ...] = ()
    source: Literal["live", "snapshot"] = "live"
    digest: str = ""
    read: ReadCost = field(default_factory=ReadCost, compare=False)
