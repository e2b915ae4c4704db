"""Owns which function answers which field, and the type of each value; must not know the answers themselves.

A field without a maker is the attribute of the same name (`closedAt` is `closed_at`). One that has neither is
not played: asking for it fails the test loudly instead of answering something.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.standin.access import Visit
from tests.standin.world import Card, Comment, Draft, Event, Field, Issue, Owner, Project, PullRequest, Ref, Repository

Maker = Callable[..., Any]
MAKERS: dict[str, Maker] = {}


class NotPlayedError(Exception):
    """The stand-in has no answer for a field: a gap of the stand-in, never an answer of GitHub's."""


@dataclass(slots=True)
class Made:
    """A value made for the answer only; `kind` is its GraphQL type."""

    kind: str
    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


def answers(*names: str) -> Callable[[Maker], Maker]:
    """Make a function the answer to fields: `Type.field`, called with the source, the visit and arguments."""

    def keep(maker: Maker) -> Maker:
        MAKERS.update(dict.fromkeys(names, maker))
        return maker

    return keep


def resolver(kind: str, name: str) -> Maker:
    """Return the function that answers a field for the executor."""
    maker = MAKERS.get(f"{kind}.{name}")
    attribute = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

    def plain(source: Any, visit: Visit, arguments: dict[str, Any]) -> Any:
        if maker is not None:
            return maker(source, visit, **arguments)
        try:
            return getattr(source, attribute)
        except AttributeError:
            msg = f"the stand-in does not answer {kind}.{name}"
            raise NotPlayedError(msg) from None

    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        visit: Visit = info.context
        if visit.touching is None:
            return plain(source, visit, arguments)
        return visit.touching.apply(f"{kind}.{name}", info, source, arguments, lambda: plain(source, visit, arguments))

    return resolve


_TYPES: dict[type, str] = {
    Repository: "Repository",
    Issue: "Issue",
    PullRequest: "PullRequest",
    Draft: "DraftIssue",
    Card: "ProjectV2Item",
    Project: "ProjectV2",
    Comment: "IssueComment",
    Ref: "Ref",
}
FIELD_TYPES = {
    "SINGLE_SELECT": "ProjectV2SingleSelectField",
    "ITERATION": "ProjectV2IterationField",
    "MULTI_SELECT": "ProjectV2MultiSelectField",
}


def type_name(value: Any, *_: object) -> str:
    """Return the GraphQL type of a value of the world."""
    if isinstance(value, Owner):
        return "User" if value.is_user else "Organization"
    if isinstance(value, Field):
        return FIELD_TYPES.get(value.kind, "ProjectV2Field")
    if isinstance(value, Made | Event):
        return value.kind
    return _TYPES.get(type(value)) or value.kind
