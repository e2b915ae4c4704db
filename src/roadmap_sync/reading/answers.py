"""Owns an answer of GitHub: its data, its faults, and how its objects are checked with pydantic.

Must not know what was asked, or what the objects mean: that is `items.py` and `facts.py`. Each object is checked by
itself, so that an odd one spoils only its own look-up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

#: Where something stands in an answer's data.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """An organisation's rule about tokens: by which of GitHub's `words` one knows it, what it is, and the way out."""

    words: str
    name: str
    way_out: str


#: https://docs.github.com/en/organizations/managing-programmatic-access-to-your-organization and
#: https://docs.github.com/en/organizations/managing-oauth-access-to-your-organizations-data
_POLICIES = (
    Policy(
        "OAuth App access restrictions",
        "its organisation restricts OAuth apps",
        "Ask an owner of the organisation to approve the app that the token comes from, or use a fine-grained token or "
        "an app's.",
    ),
    Policy(
        "IP allow list",
        "its organisation admits only some IP addresses",
        "Run on a machine whose address is on the list, such as a runner of the organisation, or ask its owners to add "
        "this one.",
    ),
    Policy(
        "forbids access via a personal access token (classic)",
        "its organisation forbids classic tokens",
        "Use a fine-grained token whose resource owner is the organisation, or an app's token, with Projects: read.",
    ),
    Policy(
        "token's lifetime is greater",
        "its organisation limits the lifetime of tokens",
        "Give the token a shorter lifetime under Settings > Developer settings > Fine-grained tokens.",
    ),
)


def policy_in(message: str) -> Policy | None:
    """Return the organisation's rule that GitHub's words tell of; None where they tell of none."""
    return next((policy for policy in _POLICIES if policy.words in message), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `errors[]`: GitHub's word for it, the path in the data, and its message.

    `is_saml` says that an organisation requires single sign-on, and the token has not been authorised for it.
    """

    type: str
    path: Path
    message: str
    is_saml: bool = False

    @property
    def is_refusal(self) -> bool:
        """Whether GitHub says that the thing is not there, or not for this token."""
        return self.type in {"NOT_FOUND", "FORBIDDEN"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one document, faults included.

    `sso` is the URL that authorises the token for single sign-on. `tries` says how often the document was sent.
    `scopes` are those of the token; None for a kind of token that has no scopes.
    """

    data: Mapping[str, Any] | None
    faults: tuple[Fault, ...] = ()
    request_id: str = ""
    sso: str = ""
    tries: int = 1
    scopes: tuple[str, ...] | None = None

    @property
    def cost(self) -> int | None:
        """Return the points that GitHub took, where it says so."""
        limit = (self.data or {}).get("rateLimit")
        cost = limit.get("cost") if isinstance(limit, dict) else None
        return cost if isinstance(cost, int) else None

    def at(self, path: Path) -> Any:
        """Return what stands at the path; None where nothing does."""
        value: Any = self.data
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def faults_at(self, path: Path) -> tuple[Fault, ...]:
        """Return the faults at or below the path, with their paths from there on."""
        start = len(path)
        return tuple(replace(f, path=f.path[start:]) for f in self.faults if f.path[:start] == path)


class Model(BaseModel):
    """An object in GitHub's JSON: its keys in our spelling, its types checked, other keys ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)


class Typed(Model):
    """An object that says which GraphQL type it is."""

    typename: str = Field(alias="__typename")


_Node = TypeVar("_Node")


class All(Model, Generic[_Node]):
    """A connection, accepted only where all of its nodes came."""

    total_count: int
    nodes: list[_Node]

    @model_validator(mode="after")
    def _is_whole(self) -> "All[_Node]":
        if self.total_count != len(self.nodes):
            raise ValueError("cut")
        return self


Known = TypeVar("Known", bound=Model)


def understood(kind: type[Known], raw: object) -> Known | None:
    """Return an object of an answer; None where a key or a type is not as expected."""
    try:
        return kind.model_validate(raw)
    except ValidationError:
        return None


class Named(Model):
    """What has a name."""

    name: str


class Counted(Model):
    """A list of which only the length is of interest."""

    total_count: int


class PageInfo(Model):
    """Whether a list goes on, after which cursor, and before which; only what was asked for is there."""

    has_next_page: bool
    end_cursor: str | None = None
    has_previous_page: bool = False
    start_cursor: str | None = None


def objects(raw: object) -> Iterable[dict[str, Any]]:
    """Return the objects in a list; none where it is no list."""
    values = cast("list[object]", raw) if isinstance(raw, list) else []
    return [value for value in values if isinstance(value, dict)]
