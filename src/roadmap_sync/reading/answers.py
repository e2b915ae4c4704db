"""Owns what GitHub's JSON means: an answer's parts, checked with pydantic, become Items, cards and facts.

Must not know which question was asked, or what follows from a fault: that is `reading.py`. Every part is
checked by itself, so that one odd object spoils only its own look-up. States and reasons stay the words that
came (https://docs.github.com/en/graphql/reference/enums): an unknown one is the verdict's to judge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from roadmap_sync.board.model import ClosingPull, Item, ItemKind, Placement, Unread
from roadmap_sync.errors import InputError

#: The kind of a card's Status where the board's column is an organisation's issue field.
_ISSUE_FIELD = "ProjectV2ItemIssueFieldValue"
SINGLE_SELECT = "ProjectV2ItemFieldSingleSelectValue"
#: The kind of a Status that is set, to what did not come.
NAMELESS = "nameless"

_NOT_UNDERSTOOD = Unread("GitHub's answer for it was not understood")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `errors[]`: GitHub's word for it, where it stands, and its message.

    `is_saml` tells an organisation that wants a single sign-on of the token.
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

    `sso` is the URL that authorises the token, `tries` how often the document was sent for it. `scopes` are those of
    the token, where it is of a kind that has scopes; None for any other.
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
    """A part of GitHub's JSON: its names in our spelling, its types as they must come, the rest passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, alias_generator=to_camel)


class Typed(Model):
    """A part that says which GraphQL type it is."""

    typename: str = Field(alias="__typename")


Node = TypeVar("Node")


class All(Model, Generic[Node]):
    """A list that is only good when all of it came."""

    total_count: int
    nodes: list[Node]

    @model_validator(mode="after")
    def _is_whole(self) -> "All[Node]":
        if self.total_count != len(self.nodes):
            raise ValueError("cut")
        return self


Part = TypeVar("Part", bound=Model)


def understood(kind: type[Part], raw: object) -> Part | None:
    """Return a part of an answer; None where it is not what it must be."""
    try:
        return kind.model_validate(raw)
    except ValidationError:
        return None


class _Named(Model):
    name: str


class _Repository(Model):
    name_with_owner: str
    is_private: bool
    visibility: str
    default_branch_ref: _Named | None = None


class _Content(Typed):
    id: str = ""
    number: int = 0
    title: str = ""
    url: str = ""
    issue_state: str = ""
    state_reason: str | None = None
    pull_request_state: str = ""
    closed_at: str | None = None
    merged_at: str | None = None
    base_ref_name: str | None = None


class _Status(Typed):
    name: str | None = None


class _Card(Model):
    id: str
    is_archived: bool
    field_value_by_name: _Status | None


class _Identified(Model):
    id: str


class _CardSomewhere(_Card):
    project: _Identified


class _PageInfo(Model):
    has_next_page: bool
    end_cursor: str | None = None
    has_previous_page: bool = False
    start_cursor: str | None = None


class _Connection(Model):
    total_count: int
    page_info: _PageInfo
    nodes: list[Any]


class _Total(Model):
    total_count: int


class _Field(Typed):
    name: str = ""
    options: list[_Named] = []


class _Board(Model):
    id: str
    title: str
    url: str
    public: bool | None = None
    status: _Field | None = Field(alias="field")
    items: _Total


class _Closing(Model):
    number: int
    state: str
    repository: _Repository


@dataclass(frozen=True, slots=True)
class Head:
    """The board itself. `options` is None where the Status field is missing or no single select."""

    id: str
    title: str
    url: str
    public: bool | None
    status_field: str
    options: tuple[str, ...] | None
    total: int


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as GitHub spells it today; `is_private` is true for all that is not public."""

    name: str
    visibility: str
    is_private: bool
    default_branch: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """An item's card on some board. `kind` is the type of its Status value, empty where it has none."""

    project: str
    placement: Placement
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CardList:
    """A part of the boards that an item is on. `is_whole` says that all of this part came.

    `total` is the length of the whole list, `cursor` where it goes on, None at its end.
    """

    cards: tuple[Card, ...] = ()
    total: int = 0
    cursor: str | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a whole board; `item` is None for one that this token may not see."""

    card: Card
    item: Item | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a board. `lost` counts those that came as null or could not be understood."""

    rows: tuple[Row, ...]
    lost: int
    total: int
    after: str | None
    before: str | None


def head(raw: object) -> Head | None:
    """Read the board itself; None where it is not understood."""
    board = understood(_Board, raw)
    if board is None:
        return None
    status = board.status
    is_select = status is not None and status.typename == "ProjectV2SingleSelectField"
    options = tuple(option.name for option in status.options) if status and is_select else None
    name = status.name if status and is_select else ""
    return Head(board.id, board.title, board.url, board.public, name, options, board.items.total_count)


def repository(raw: object) -> Repository | None:
    """Read a repository; None where it is not understood."""
    known = understood(_Repository, raw)
    return _repository(known) if known else None


def _repository(raw: _Repository) -> Repository:
    is_private = raw.is_private or raw.visibility != "PUBLIC"
    branch = raw.default_branch_ref.name if raw.default_branch_ref else None
    return Repository(raw.name_with_owner, raw.visibility, is_private, branch)


_KINDS: Mapping[str, ItemKind] = {"Issue": "issue", "PullRequest": "pull_request"}


def item(raw: object, where: Repository) -> Item | Unread:
    """Read an issue or pull request of a repository, its card apart."""
    content = understood(_Content, raw)
    if content is None:
        return _NOT_UNDERSTOOD
    if content.typename not in _KINDS:
        return Unread(f"GitHub calls it {_word(content.typename)}, which this version does not know")
    state = content.issue_state or content.pull_request_state
    owner, _, repo = where.name.partition("/")
    is_pull = content.typename == "PullRequest"
    if not (content.id and content.number and state and repo and (content.base_ref_name or not is_pull)):
        return _NOT_UNDERSTOOD
    return Item(
        id=content.id,
        kind=_KINDS[content.typename],
        owner=owner,
        repo=repo,
        number=content.number,
        title=content.title,
        url=content.url,
        state=state,
        state_reason=content.state_reason,
        closed_at=content.closed_at,
        merged_at=content.merged_at,
        base=content.base_ref_name,
        default_branch=where.default_branch if is_pull else None,
        is_private=where.is_private,
    )


def _word(typename: str) -> str:
    return "".join(letter for letter in typename if letter.isalnum() or letter == "_")[:60] or "nothing"


def card(raw: object, project: str = "") -> Card | None:
    """Read a card; its own board unless `project` says which. None where it is not understood."""
    known = understood(_Card if project else _CardSomewhere, raw)
    if known is None:
        return None
    status = known.field_value_by_name
    kind = status.typename if status else ""
    if status and kind == SINGLE_SELECT and not status.name:
        kind = NAMELESS
    home = known.project.id if isinstance(known, _CardSomewhere) else project
    return Card(home, Placement(known.id, status.name if status else None, known.is_archived), kind)


def check_status(known: Card, where: str) -> None:
    """Raise InputError where a card of our board tells that its Status belongs to the organisation."""
    if known.kind == _ISSUE_FIELD:
        raise InputError(
            "the board's Status is an issue field of its organisation, which this version cannot read",
            where=where,
            hint="Name a single select field of the project itself as status_field.",
        )


def card_list(raw: object, faults: Sequence[Fault]) -> CardList:
    """Read a part of an item's list of boards; `faults` are those below it, their paths from there on.

    A card at which something failed counts as not having come: an empty Status there may be the fault's.
    """
    connection = understood(_Connection, raw)
    if connection is None:
        return CardList()
    broken = {fault.path[1] for fault in faults if fault.path[:1] == ("nodes",) and len(fault.path) > 1}
    nodes = [card(node) for index, node in enumerate(connection.nodes) if index not in broken]
    cards = tuple(node for node in nodes if node)
    cursor = connection.page_info.end_cursor or ""
    return CardList(
        cards,
        connection.total_count,
        cursor if connection.page_info.has_next_page else None,
        is_whole=not faults and len(cards) == len(connection.nodes),
    )


def draft(raw: object, project: str, *, is_private: bool) -> tuple[Card, Item | Unread] | None:
    """Read a pinned draft item, or what has become of it; None where it is not understood."""
    if not isinstance(raw, dict) or raw.get("__typename") != "ProjectV2Item":
        return None
    known = card(raw)
    if known is None:
        return None
    if known.project != project:
        return known, Unread("it is an item of another board")
    return known, _carded(raw, known, is_private=is_private) or Unread("this token may not see what it is")


def _carded(raw: Mapping[str, Any], known: Card, *, is_private: bool) -> Item | Unread | None:
    """Return what a card is a card of; None where that is hidden from the token."""
    content = raw.get("content")
    if not isinstance(content, dict):
        return None
    if content.get("__typename") == "DraftIssue":
        title = content.get("title")
        if not isinstance(title, str):
            return None
        return Item(known.placement.item_id, "draft", "", "", 0, title, "", "", is_private=is_private)
    home = repository(content.get("repository"))
    return item(content, home) if home else None


def rows(raw: object, project: str, faults: Sequence[Fault], *, drafts_are_private: bool) -> Rows | None:
    """Read a page of a board; None where it is not understood.

    A card at which something failed is lost; one of which only the content was refused is hidden, like one that
    GitHub redacts.
    """
    connection = understood(_Connection, raw)
    if connection is None:
        return None
    lost, hidden = _failed(faults)
    found: list[Row] = []
    for index, node in enumerate(connection.nodes):
        known = card(node, project) if index not in lost else None
        if known is not None:
            content = None if index in hidden else _carded(node, known, is_private=drafts_are_private)
            found.append(Row(known, _in_place(content, known)))
    info = connection.page_info
    return Rows(
        tuple(found),
        len(connection.nodes) - len(found),
        connection.total_count,
        (info.end_cursor or "") if info.has_next_page else None,
        (info.start_cursor or "") if info.has_previous_page else None,
    )


def _failed(faults: Sequence[Fault]) -> tuple[set[str | int], set[str | int]]:
    """Return the indexes of the nodes that are lost, and of those whose content was refused."""
    lost: set[str | int] = set()
    hidden: set[str | int] = set()
    for fault in faults:
        if fault.path[:1] == ("nodes",) and len(fault.path) > 1:
            is_refused = fault.path[2:3] == ("content",) and fault.is_refusal
            (hidden if is_refused else lost).add(fault.path[1])
    return lost, hidden


def _in_place(content: Item | Unread | None, known: Card) -> Item | None:
    if isinstance(content, Item) and known.kind in {"", SINGLE_SELECT}:
        return replace(content, placement=known.placement)
    return None


def closing_pulls(raw: object) -> tuple[ClosingPull, ...] | None:
    """Read the pull requests that close an issue; None where not all of them came or were understood."""
    connection = understood(All[_Closing], raw)
    if connection is None:
        return None
    pulls = [_closing_pull(pull) for pull in connection.nodes]
    return tuple(sorted(pulls, key=lambda pull: (pull.owner, pull.repo, pull.number)))


def _closing_pull(raw: _Closing) -> ClosingPull:
    home = _repository(raw.repository)
    owner, _, repo = home.name.partition("/")
    return ClosingPull(owner, repo, raw.number, raw.state, home.is_private)


def field_names(raw: object) -> tuple[tuple[str, bool], ...]:
    """Read the names of a board's fields, each with whether it is a single select."""
    nodes = raw.get("nodes") if isinstance(raw, dict) else None
    named = [node for node in nodes or () if isinstance(node, dict) and isinstance(node.get("name"), str)]
    return tuple((node["name"], node.get("__typename") == "ProjectV2SingleSelectField") for node in named)


def item_arguments(raw: object) -> frozenset[str]:
    """Read which arguments a board's `items` takes on this host; none where the schema was not told."""
    for entry in _objects(raw.get("fields") if isinstance(raw, dict) else None):
        if entry.get("name") == "items":
            return frozenset(str(argument.get("name")) for argument in _objects(entry.get("args")))
    return frozenset()


def _objects(raw: object) -> Iterable[dict[str, Any]]:
    values = cast("list[object]", raw) if isinstance(raw, list) else []
    return [value for value in values if isinstance(value, dict)]
