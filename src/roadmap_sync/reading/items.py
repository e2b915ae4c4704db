"""Owns what GitHub's JSON says of a board, its cards, and the items on it.

Must not know what was asked, or what follows from a fault. States and reasons stay the words that came
(https://docs.github.com/en/graphql/reference/enums): an unknown one is the verdict's to judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from roadmap_sync.board.model import ClosingPull, Item, ItemKind, Placement, Unread
from roadmap_sync.errors import InputError
from roadmap_sync.reading.answers import All, Counted, Fault, Model, Named, PageInfo, Typed, objects, understood
from roadmap_sync.rules import composed

#: The connection of an issue that holds the pull requests that close it.
CLOSERS = "closedByPullRequestsReferences"
#: GraphQL's types for a card's Status: a single select of the project, or an issue field of the organisation.
SINGLE_SELECT = "ProjectV2ItemFieldSingleSelectValue"
_ISSUE_FIELD = "ProjectV2ItemIssueFieldValue"
#: The kind of a Status that is set, but whose name did not come.
NAMELESS = "nameless"

_NOT_UNDERSTOOD = Unread("GitHub's answer for it was not understood")


class _Repository(Model):
    name_with_owner: str
    is_private: bool
    visibility: str
    default_branch_ref: Named | None = None


class _SubIssues(Model):
    total: int
    completed: int


class _Labels(Model):
    nodes: list[Named | None]


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
    base_ref: Named | None = None
    sub_issues_summary: _SubIssues | None = None
    labels: _Labels | None = None


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


class _Connection(Counted):
    page_info: PageInfo
    nodes: list[Any]


class _StatusField(Typed):
    name: str = ""
    options: list[Named] | None = None


class _Board(Model):
    id: str
    title: str
    url: str
    public: bool | None = None
    field: _StatusField | None
    items: Counted


class _Closer(Model):
    number: int
    state: str
    repository: _Repository


@dataclass(frozen=True, slots=True)
class Head:
    """The board itself. `options` is None where the Status field is missing or is not a single select.

    `options` are composed, as names are compared; `spelled` are the same as the board has them.
    """

    id: str
    title: str
    url: str
    public: bool | None
    status_field: str
    options: tuple[str, ...] | None
    total: int
    spelled: tuple[str, ...] = ()

    @property
    def spellings(self) -> dict[str, str]:
        """Return how the board spells each of its options."""
        return dict(zip(self.options or (), self.spelled, strict=False))


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A repository as GitHub spells it today; `is_private` is true for all that is not public."""

    name: str
    visibility: str
    is_private: bool
    default_branch: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """An item's card on a board. `kind` is the GraphQL type of its Status value; empty where the Status is empty.

    `project` is the board's node id; empty where the board itself was read.
    """

    project: str
    placement: Placement
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CardList:
    """Some of the boards that an item is on. `is_whole` is true where all of these cards came.

    `total` is the length of the whole list, `cursor` the place where it goes on; None at its end.
    """

    cards: tuple[Card, ...] = ()
    total: int = 0
    cursor: str | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One item of a board; `item` is None for one that this token may not see."""

    card: Card
    item: Item | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items of a board, in order. `lost` counts those that came as null or could not be understood.

    `total` is the length of the whole list. `after` and `before` are the cursors of the next page and the one before;
    None at the list's ends.
    """

    rows: tuple[BoardRow, ...]
    lost: int
    total: int
    after: str | None
    before: str | None


def with_privacy(item: Item, board: Head) -> Item:
    """Return an item of a board with what the board says of it: a draft is as private as its board."""
    return replace(item, is_private=not board.public) if item.kind == "draft" else item


def head(raw: object) -> Head | None:
    """Read the board itself; None where it is not understood."""
    board = understood(_Board, raw)
    if board is None:
        return None
    status = board.field
    is_select = status is not None and status.typename == "ProjectV2SingleSelectField"
    spelled = tuple(option.name for option in status.options or ()) if status and is_select else ()
    options = tuple(map(composed, spelled)) if is_select else None
    name = status.name if status and is_select else ""
    return Head(board.id, board.title, board.url, board.public, name, options, board.items.total_count, spelled)


def repository(raw: object) -> RepositoryFacts | None:
    """Read a repository; None where it is not understood."""
    known = understood(_Repository, raw)
    return _repository(known) if known else None


def _repository(raw: _Repository) -> RepositoryFacts:
    is_private = raw.is_private or raw.visibility != "PUBLIC"
    branch = raw.default_branch_ref.name if raw.default_branch_ref else None
    return RepositoryFacts(raw.name_with_owner, raw.visibility, is_private, branch)


_KINDS: Mapping[str, ItemKind] = {"Issue": "issue", "PullRequest": "pull_request"}


def item(raw: object, where: RepositoryFacts) -> Item | Unread:
    """Read an issue or pull request of a repository, without its card."""
    content = understood(_Content, raw)
    if content is None:
        return _NOT_UNDERSTOOD
    if content.typename not in _KINDS:
        word = "".join(letter for letter in content.typename if letter.isalnum() or letter == "_")[:60] or "nothing"
        return Unread(f"GitHub calls it {word}, which this version does not know")
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
        is_base_gone=content.pull_request_state == "MERGED" and content.base_ref is None,
        open_sub_issues=max(0, summary.total - summary.completed) if (summary := content.sub_issues_summary) else 0,
        labels=tuple(label.name for label in content.labels.nodes if label) if content.labels else (),
    )


def card(raw: object) -> Card | None:
    """Read a card with the board that it is on; None where it is not understood."""
    known = understood(_CardSomewhere, raw)
    return _card(known, known.project.id) if known else None


def _card(raw: _Card, project: str) -> Card:
    status = raw.field_value_by_name
    kind = status.typename if status else ""
    if status and kind == SINGLE_SELECT and not status.name:
        kind = NAMELESS
    return Card(
        project, Placement(raw.id, composed(status.name) if status and status.name else None, raw.is_archived), kind
    )


def check_status(known: Card) -> None:
    """Raise InputError where the Status of a card of our board is an issue field of the organisation."""
    if known.kind == _ISSUE_FIELD:
        raise InputError(
            "the board's Status is an issue field of its organisation, which this version cannot read",
            hint="Name a single select field of the project itself as status_field.",
        )


def card_list(raw: object, faults: Sequence[Fault]) -> CardList:
    """Read some of the boards that an item is on. `faults` are those below the list, their paths relative to it.

    A card with a fault counts as missing: its Status may be empty only because of the fault.
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


def draft(raw: object) -> tuple[Card, Item | Unread] | None:
    """Read a pinned draft item, or what it has become; None where it is not understood.

    A draft's `is_private` is left false: that depends on the board.
    """
    if not isinstance(raw, dict) or raw.get("__typename") != "ProjectV2Item":
        return None
    known = card(raw)
    if known is None:
        return None
    return known, _content_of(raw, known) or Unread("this token may not see what it is")


def _content_of(raw: Mapping[str, Any], known: Card) -> Item | Unread | None:
    """Return the issue, pull request or draft of a card; None where it is hidden from the token."""
    content = raw.get("content")
    if not isinstance(content, dict):
        return None
    if content.get("__typename") == "DraftIssue":
        title = content.get("title")
        if not isinstance(title, str):
            return None
        return Item(known.placement.item_id, "draft", "", "", 0, title, "", "")
    home = repository(content.get("repository"))
    return item(content, home) if home else None


def page(raw: object, faults: Sequence[Fault]) -> ItemPage | None:
    """Read a page of a board; None where it is not understood.

    A card at which something failed is lost. One whose content alone was refused is hidden, like one that GitHub
    redacts. The `is_private` of drafts is left false: that depends on the board.
    """
    connection = understood(_Connection, raw)
    if connection is None:
        return None
    lost, hidden = _failed(faults)
    found: list[BoardRow] = []
    for index, node in enumerate(connection.nodes):
        known = understood(_Card, node) if index not in lost else None
        if known is not None:
            its_card = _card(known, "")
            content = None if index in hidden else _content_of(node, its_card)
            its_item = None
            if isinstance(content, Item) and its_card.kind in {"", SINGLE_SELECT}:
                its_item = replace(content, placement=its_card.placement)
            found.append(BoardRow(its_card, its_item))
    info = connection.page_info
    return ItemPage(
        tuple(found),
        len(connection.nodes) - len(found),
        connection.total_count,
        (info.end_cursor or "") if info.has_next_page else None,
        (info.start_cursor or "") if info.has_previous_page else None,
    )


def _failed(faults: Sequence[Fault]) -> tuple[set[str | int], set[str | int]]:
    """Return the indexes of the nodes with a fault, and of those whose content alone was refused."""
    at_nodes = [fault for fault in faults if fault.path[:1] == ("nodes",) and len(fault.path) > 1]
    refused = [fault for fault in at_nodes if fault.path[2:3] == ("content",) and fault.is_refusal]
    lost = {fault.path[1] for fault in at_nodes if fault not in refused}
    return lost, {fault.path[1] for fault in refused}


def closing_pulls(raw: object) -> tuple[ClosingPull, ...] | None:
    """Read the pull requests that close an issue; None where not all of them came or were understood."""
    connection = understood(All[_Closer], raw)
    if connection is None:
        return None
    pulls: list[ClosingPull] = []
    for each in connection.nodes:
        home = _repository(each.repository)
        owner, _, repo = home.name.partition("/")
        pulls.append(ClosingPull(owner, repo, each.number, each.state, home.is_private))
    return tuple(sorted(pulls, key=lambda pull: (pull.owner, pull.repo, pull.number)))


def field_names(raw: object) -> tuple[tuple[str, bool], ...]:
    """Read the names of a board's fields; True beside a single select."""
    nodes = raw.get("nodes") if isinstance(raw, dict) else None
    named = [node for node in nodes or () if isinstance(node, dict) and isinstance(node.get("name"), str)]
    return tuple((node["name"], node.get("__typename") == "ProjectV2SingleSelectField") for node in named)


def item_arguments(raw: object) -> frozenset[str]:
    """Read which arguments a board's `items` takes on this host; none where the schema was not told."""
    for entry in objects(raw.get("fields") if isinstance(raw, dict) else None):
        if entry.get("name") == "items":
            return frozenset(str(argument.get("name")) for argument in objects(entry.get("args")))
    return frozenset()
