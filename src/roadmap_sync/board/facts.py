"""Owns the facts of an item that filters and added lines ask for, and the qualifiers of GitHub that ask for them.

A new fact is a field of `Facts` and, where a filter may ask for it, a row of `QUALIFIERS`; how it is read stands in
`reading/facts.py`, and a snapshot records it by itself. Must not know how a filter is written or judged.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from roadmap_sync.rules import composed

if TYPE_CHECKING:
    from roadmap_sync.board.model import Item

FieldKind = Literal["text", "number", "date", "single_select", "multi_select", "iteration"]


def slug(name: str) -> str:
    """Return how a filter names a board field: in lower case, blanks as hyphens."""
    return "-".join(composed(name).lower().split())


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A board field's value on one card, as words: a text, a number in decimals, an ISO date, option names.

    An iteration's value is its title; `start` is its first day (ISO) and `days` its length.
    """

    kind: FieldKind
    values: tuple[str, ...]
    start: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a filter or an added line may ask of an item beyond what its verdict needs.

    `parent`, `duplicate_of`, `closes` (by a pull request) and `closed_by` (an issue) hold reference keys.
    `fields` is keyed by the field's slug.
    """

    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    milestone: str = ""
    issue_type: str = ""
    is_draft: bool = False
    created_at: str = ""
    updated_at: str = ""
    parent: str = ""
    duplicate_of: str = ""
    closes: tuple[str, ...] = ()
    closed_by: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    def of_fields(self, names: Iterable[str]) -> "Facts":
        """Return what is told of the fields of these names, and nothing else."""
        named = {slug(name) for name in names}
        return Facts(fields={name: value for name, value in self.fields.items() if name in named})


#: The facts that name other items, by reference key.
LINKS = ("parent", "duplicate_of", "closes", "closed_by")


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One of GitHub's own qualifiers: as which kind its values are compared, and what an item says to it.

    `fact` is the field of `Facts` that must be read for it; empty where the item itself says it. `words` are the only
    values there are, where they are few.
    """

    kind: FieldKind
    read: "Callable[[Item, Facts], tuple[str, ...]]"
    fact: str = ""
    words: tuple[str, ...] = ()


def _states(item: "Item", facts: Facts) -> tuple[str, ...]:
    """Return what an item is. GitHub does not document drafts under `is:open`, or merged ones under `is:closed`."""
    if item.kind == "draft":
        return ("draft", "open")
    state = ("merged", "closed") if item.state == "MERGED" else (item.state,)
    draft = ("draft",) if facts.is_draft else ()
    return ("issue", *state) if item.kind == "issue" else ("pr", *state, *draft)


_REASONS = ("completed", "not planned", "reopened", "duplicate")
QUALIFIERS: Final[Mapping[str, Qualifier]] = MappingProxyType(
    {
        "is": Qualifier("multi_select", _states, words=("issue", "pr", "draft", "open", "closed", "merged")),
        "repo": Qualifier("text", lambda item, _: (f"{item.owner}/{item.repo}",) if item.repo else ()),
        "title": Qualifier("text", lambda item, _: (item.title,)),
        "reason": Qualifier("text", lambda item, _: ((item.state_reason or "").replace("_", " "),), words=_REASONS),
        "label": Qualifier("multi_select", lambda _, facts: facts.labels, "labels"),
        "assignee": Qualifier("multi_select", lambda _, facts: facts.assignees, "assignees"),
        "reviewers": Qualifier("multi_select", lambda _, facts: facts.reviewers, "reviewers"),
        "milestone": Qualifier("text", lambda _, facts: (facts.milestone,), "milestone"),
        "type": Qualifier("text", lambda _, facts: (facts.issue_type,), "issue_type"),
        "parent-issue": Qualifier("text", lambda _, facts: (facts.parent,), "parent"),
        "created": Qualifier("date", lambda _, facts: (facts.created_at,), "created_at"),
        "updated": Qualifier("date", lambda _, facts: (facts.updated_at,), "updated_at"),
        "last-updated": Qualifier("date", lambda _, facts: (facts.updated_at,), "updated_at"),
    }
)
