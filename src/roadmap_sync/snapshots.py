"""Owns the file form of a board: Board to JSON and back, readable and editable by hand; must not know files.

The same board gives the same bytes: no clock, no cost, a settled order. What is a default is left out, so a
snapshot written by hand needs little more than

    {"version": 1, "items": [{"reference": "owner/repo#1", "state": "CLOSED", "status": "Shipped"}]}

`status` (a name, or null for an empty one) puts an item on the board; without it the item is off the board.
Private items are reduced to their id unless the config allows them, hence `unknown` to every reader.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roadmap_sync import references
from roadmap_sync.board import AreaQuery, Board, ClosingPull, Facts, FieldValue, Item, Kind, Placement, Unread
from roadmap_sync.errors import InputError
from roadmap_sync.filters import Filter, parse, slug
from roadmap_sync.references import Reference
from roadmap_sync.rules import Question

VERSION = 1

_ABSENT = Unread("it is not in the snapshot", absent_from_snapshot=True)
_BOARD_URL = re.compile(r"https?://([^/]+)/(?:orgs|users)/([^/]+)/projects/(\d+)", re.IGNORECASE)
_AGAIN = "Make it again with: roadmap-sync snapshot FILE"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Closing(_Model):
    reference: str
    state: str
    private: bool = False


class _Value(_Model):
    kind: Literal["text", "number", "date", "single_select", "multi_select", "iteration"] = "text"
    values: list[str]
    start: str = ""
    days: int = 0


class _Facts(_Model):
    """What areas ask of an item; the keys of the file are those of `board.Facts`."""

    labels: list[str] = []
    assignees: list[str] = []
    reviewers: list[str] = []
    milestone: str = ""
    issue_type: str = ""
    is_draft: bool = False
    created_at: str = ""
    updated_at: str = ""
    parent: str = ""
    duplicate_of: str = ""
    closes: list[str] = []
    closed_by: list[str] = []
    fields: dict[str, _Value] = {}


class _Area(_Model):
    """What an area asked of the board, and which items matched, in board order."""

    filter: str = ""
    view: int | None = None
    statuses: list[str] = []
    items: list[str] = []


class _Entry(_Model):
    """One item; the order of the keys is the file's. `also` are other names under which pages know it."""

    reference: str = ""
    title: str = ""
    state: str = ""
    status: str | None = None
    archived: bool = False
    kind: Kind = "issue"
    reason: str | None = None
    closed: str | None = None
    merged: str | None = None
    base: str | None = None
    default_branch: str | None = None
    closing: list[_Closing] | None = None
    facts: _Facts | None = None
    private: bool = False
    also: list[str] = []
    url: str = ""
    item: str = ""
    id: str = ""
    unread: str = ""


class _BoardEntry(_Model):
    url: str = ""
    title: str = ""
    public: bool | None = None
    status_field: str = "Status"
    options: list[str] | None = None
    total: int | None = None


class _File(_Model):
    version: Literal[1]
    board: _BoardEntry = _BoardEntry()
    repositories: dict[str, str] = {}
    whole: bool = True
    notes: list[str] = []
    areas: list[_Area] | None = None
    items: list[_Entry] = Field(default_factory=list)


def dumps(board: Board, *, allow_private: bool) -> str:
    """Return the board as the text of a snapshot; item by item, since a board may hold 50,000."""
    public = {f"{item.owner}/{item.repo}".lower() for item in _told(board) if not item.is_private}
    entries = _entries(board, _host(board.url))
    kept = entries if allow_private else (_reduced(entry, public) for entry in entries)
    head = json.dumps(_head(board, allow_private=allow_private), ensure_ascii=False, indent=2)
    blocks = ",\n".join(_escaped(_block(entry)) for entry in kept)
    items = f"[\n{blocks}\n  ]" if blocks else "[]"
    return _escaped(head).removesuffix("\n}") + f',\n  "items": {items}\n}}\n'


def _head(board: Board, *, allow_private: bool) -> dict[str, object]:
    """Return all of a snapshot but its items."""
    seen = sorted(board.visibility.items())
    return {
        "version": VERSION,
        "board": {
            "url": board.url,
            "title": board.title,
            "public": board.public,
            "status_field": board.status_field,
            "options": list(board.options),
            "total": board.total,
        },
        "repositories": {name: word for name, word in seen if allow_private or word == "PUBLIC"},
        **({"whole": False} if board.items is None else {}),
        **({"notes": list(board.notes)} if board.notes else {}),
        "areas": _areas(board, allow_private=allow_private),
    }


def _block(entry: _Entry) -> str:
    text = json.dumps(entry.model_dump(exclude_unset=True), ensure_ascii=False, indent=2)
    return "\n".join("    " + line for line in text.split("\n"))


def _told(board: Board) -> Iterator[Item]:
    """Yield every item that a board holds, some more than once."""
    yield from board.items or ()
    yield from (answer for answer in board.answers.values() if isinstance(answer, Item))
    yield from (item for items in board.candidates.values() for item in items)


def _areas(board: Board, *, allow_private: bool) -> list[dict[str, object]]:
    return [
        {
            "filter": area.filter,
            **({"view": area.view} if area.view is not None else {}),
            "statuses": list(area.statuses),
            "items": [item.name for item in items if allow_private or not item.is_private],
        }
        for area, items in board.candidates.items()
    ]


def _escaped(text: str) -> str:
    """Escape what an editor or a terminal would not show as it is: control and bidirectional characters."""
    lines = text.split("\n")
    return "\n".join(line if line.isprintable() else _escaped_line(line) for line in lines)


def _escaped_line(line: str) -> str:
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)


def _entries(board: Board, host: str) -> Iterator[_Entry]:
    """Yield the board's items in board order, then what else was looked up, by name."""
    names: dict[str, list[str]] = {}
    evidence: dict[str, tuple[ClosingPull, ...]] = {}
    asked: dict[str, Item] = {}
    for key, answer in board.answers.items():
        if isinstance(answer, Item):
            names.setdefault(answer.id, []).append(key)
            asked.setdefault(answer.id, answer)
            if answer.closing is not None:
                evidence[answer.id] = answer.closing
    whole = {item.id: item for item in board.items or ()}
    offered = {item.id: item for items in board.candidates.values() for item in items}
    others = sorted((item for key, item in (offered | asked).items() if key not in whole), key=_order)
    for item in [*whole.values(), *others]:
        facts = (offered.get(item.id) or asked.get(item.id) or item).facts
        known = replace(item, closing=evidence.get(item.id), facts=facts)
        yield _entry(known, names.get(item.id, []), host)
    for key in sorted(board.answers):
        answer = board.answers[key]
        if isinstance(answer, Unread) and not answer.absent_from_snapshot:
            yield _Entry(reference=key, unread=answer.reason)


def _order(item: Item) -> tuple[str, str, int, str]:
    return (item.owner.lower(), item.repo.lower(), item.number, item.id)


def _entry(item: Item, keys: list[str], host: str) -> _Entry:
    """Return the item's block with what differs from the defaults, its keys in the order of `_Entry`."""
    placement = item.placement
    known: dict[str, Any] = {"reference": item.name, "title": item.title}
    known |= {} if item.kind == "draft" else {"state": item.state}
    if placement:
        known |= {"status": placement.status, "archived": placement.archived or None}
    also = sorted(key for key in keys if key != item.name.lower() and key != item.name)
    rest = {
        "kind": item.kind if item.kind != "issue" else None,
        "reason": item.state_reason,
        "closed": item.closed_at,
        "merged": item.merged_at,
        "base": item.base,
        "default_branch": item.default_branch,
        "closing": _closing(item.closing),
        "facts": _facts(item.facts) if item.facts else None,
        "private": item.is_private or None,
        "also": also or None,
        "url": item.url if item.url != _url(item, host) else None,
        "item": placement.item_id if placement and placement.item_id != item.id else None,
        "id": item.id if item.id != item.name.lower() and item.kind != "draft" else None,
    }
    known |= {name: value for name, value in rest.items() if value is not None}
    if known.get("archived", False) is None:
        del known["archived"]
    return _Entry(**known)


def _closing(pulls: tuple[ClosingPull, ...] | None) -> list[_Closing] | None:
    if pulls is None:
        return None
    names = [(f"{pull.owner}/{pull.repo}#{pull.number}", pull) for pull in pulls]
    return [
        _Closing(reference=name, state=pull.state, **({"private": True} if pull.is_private else {}))
        for name, pull in names
    ]


def _facts(facts: Facts) -> _Facts:
    """Return facts with what differs from the defaults."""
    fields = {name: _value(value) for name, value in sorted(facts.fields.items())}
    plain = {name: getattr(facts, name) for name in _Facts.model_fields if name != "fields"}
    told: dict[str, Any] = {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items() if v}
    return _Facts(**told | ({"fields": fields} if fields else {}))


def _value(value: FieldValue) -> _Value:
    lasts: dict[str, Any] = {"start": value.start, "days": value.days} if value.start else {}
    return _Value(kind=value.kind, values=list(value.values), **lasts)


def _reduced(entry: _Entry, public: set[str]) -> _Entry:
    """Leave of a private item its id, and of evidence and links nothing that is not known to be public."""
    if entry.private:
        return _Entry(private=True, id=entry.id or entry.reference)
    kept = {name: getattr(entry, name) for name in entry.model_fields_set}
    if any(pull.private for pull in entry.closing or ()):
        del kept["closing"]
    if entry.facts:
        kept["facts"] = _public(entry.facts, public)
    return _Entry(**kept)


def _public(facts: _Facts, public: set[str]) -> _Facts:
    """Leave the links to repositories that the snapshot names anyway."""
    kept = {name: getattr(facts, name) for name in facts.model_fields_set}
    for name in ("parent", "duplicate_of"):
        if name in kept and kept[name].partition("#")[0] not in public:
            del kept[name]
    for name in ("closes", "closed_by"):
        if name in kept:
            kept[name] = [key for key in kept[name] if key.partition("#")[0] in public]
    return _Facts(**kept)


def _host(url: str) -> str:
    match = _BOARD_URL.match(url)
    return match[1] if match else "github.com"


def _url(item: Item, host: str) -> str:
    if item.kind == "draft":
        return ""
    path = "pull" if item.kind == "pull_request" else "issues"
    return f"https://{host}/{item.owner}/{item.repo}/{path}/{item.number}"


def loads(text: str, where: str) -> "Snapshot":
    """Read a snapshot's text; raises InputError with the file, the place and the way out."""
    return Snapshot.from_text(text, where)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A recorded board that answers questions. `known` maps each key to what is recorded of it."""

    where: str
    board: Board
    known: Mapping[str, Item | Unread]
    is_whole: bool
    areas: Mapping[AreaQuery, tuple[Item, ...]] | None

    @classmethod
    def from_text(cls, text: str, where: str) -> "Snapshot":
        """Read a snapshot's text; raises InputError with the file, the place and the way out."""
        file = _file(text, where)
        host = _host(file.board.url)
        known: dict[str, Item | Unread] = {}
        items: list[Item] = []
        for index, entry in enumerate(file.items):
            if not entry.reference and entry.private:
                continue
            keys, value = _read(entry, f"{where}: items[{index}]", host)
            for key in keys:
                if key in known:
                    raise InputError(f"{key} is there twice", where=f"{where}: items[{index}].reference")
                known[key] = value
            if isinstance(value, Item) and value.placement:
                items.append(value)
        return cls(where, _board(file, tuple(items)), known, file.whole, _read_areas(file.areas, known, where))

    @property
    def url(self) -> str:
        """Return the URL of the board that was recorded; empty where a person left it out."""
        return self.board.url

    def answer(self, question: Question, today: date = date.min) -> Board:
        """Return what is recorded for a question; raises InputError where it is another board's.

        A snapshot by hand that lists no areas is judged by their filters, which count days from `today`.
        """
        self._check(question)
        answers = {reference.key: self._answer(reference, question) for reference in question.references}
        asked = {name.lower() for name in question.repositories}
        items = tuple(replace(item, closing=None, facts=None) for item in self.board.items or ())
        return replace(
            self.board,
            url=self.board.url or question.board.url,
            answers=answers,
            visibility={name: seen for name, seen in self.board.visibility.items() if name in asked},
            items=items if question.whole else None,
            candidates={area: self._candidates(area, today) for area in question.areas},
        )

    def _answer(self, reference: Reference, question: Question) -> Item | Unread:
        value = self.known.get(reference.key, _ABSENT)
        if isinstance(value, Unread):
            return value
        is_wanted = reference.key in question.evidence and value.kind == "issue" and value.state == "OPEN"
        facts = _fields_of(value, question)
        return replace(value, facts=facts, closing=value.closing if is_wanted else None)

    def _candidates(self, area: AreaQuery, today: date) -> tuple[Item, ...]:
        if self.areas is None and area.view is None:
            return tuple(item for item in self._offered(area) if self._filter(area).matches(item, today=today))
        if self.areas is None or area not in self.areas:
            asked = f"view {area.view}" if area.view is not None else f'the filter "{area.filter}"'
            raise InputError(f"the snapshot was not made for an area with {asked}", where=self.where, hint=_AGAIN)
        return tuple(replace(item, closing=None) for item in self.areas[area])

    def _filter(self, area: AreaQuery) -> Filter:
        return parse(area.filter, where=self.where, status_field=self.board.status_field)

    def _offered(self, area: AreaQuery) -> Iterator[Item]:
        """Yield the items with one of an area's Statuses, in board order, what nobody wrote down left empty."""
        columns = {option: index for index, option in enumerate(self.board.options)}
        placed = [(item, item.placement) for item in self.board.items or () if item.placement]
        for item, place in sorted(placed, key=lambda pair: columns.get(pair[1].status or "", len(columns))):
            if place.status in area.statuses and not place.archived:
                yield replace(item, closing=None, facts=item.facts or Facts())

    def _check(self, question: Question) -> None:
        recorded, asked = _BOARD_URL.match(self.board.url), question.board
        if recorded and asked.url:
            same = (asked.host.lower(), asked.owner.lower(), str(asked.number))
            if (recorded[1].lower(), recorded[2].lower(), recorded[3]) != same:
                raise InputError(
                    f"this is a snapshot of {self.board.url}, not of {asked.url}", where=self.where, hint=_AGAIN
                )
        if self.board.status_field.lower() != question.status_field.lower():
            raise InputError(
                f'the snapshot holds the field "{self.board.status_field}", not "{question.status_field}"',
                where=self.where,
                hint=_AGAIN,
            )
        if question.whole and not self.is_whole:
            raise InputError("the snapshot does not hold the whole board", where=self.where, hint=_AGAIN)


def _fields_of(item: Item, question: Question) -> Facts | None:
    """Return the fields that the question names of an item on the board, as GitHub would be asked for them."""
    if not question.fields or item.facts is None:
        return None
    named = {slug(name) for name in question.fields}
    return Facts(fields={name: value for name, value in item.facts.fields.items() if name in named})


def _read_areas(
    areas: list[_Area] | None, known: Mapping[str, Item | Unread], where: str
) -> Mapping[AreaQuery, tuple[Item, ...]] | None:
    if areas is None:
        return None
    return {
        AreaQuery(area.filter, area.view, tuple(area.statuses)): tuple(
            _named(name, known, f"{where}: areas[{index}].items") for name in area.items
        )
        for index, area in enumerate(areas)
    }


def _named(name: str, known: Mapping[str, Item | Unread], where: str) -> Item:
    reference = references.from_name(name)
    item = known.get(reference.key) if reference else None
    if not isinstance(item, Item):
        raise InputError(
            f"{_shown(name)} is none of the items", where=where, hint="Add it to the items, or take it out."
        )
    return replace(item, facts=item.facts or Facts())


def _file(text: str, where: str) -> _File:
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        is_cut = not text[error.pos :].strip()
        what = "the file ends in the middle" if is_cut else f"this is no JSON: {error.msg}"
        raise InputError(what, where=f"{where}:{error.lineno}:{error.colno}", hint=_AGAIN) from None
    except RecursionError:
        raise InputError("this is nested too deep for a snapshot", where=where, hint=_AGAIN) from None
    if not isinstance(raw, dict) or "version" not in raw:
        raise InputError("this is no snapshot: it has no version", where=where, hint=_AGAIN)
    if raw["version"] != VERSION or isinstance(raw["version"], bool):
        raise InputError(
            f"this snapshot has version {_shown(raw['version'])}; this program reads version {VERSION}",
            where=f"{where}: version",
            hint=_AGAIN,
        )
    try:
        return _File.model_validate(raw)
    except ValidationError as errors:
        first = errors.errors()[0]
        raise InputError(
            _said(first["type"], first["msg"], first["input"]),
            where=f"{where}: {_path(first['loc'])}",
            hint="Correct it by hand, or make the snapshot again.",
        ) from None


def _path(location: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")


def _said(kind: str, message: str, value: object) -> str:
    if kind == "extra_forbidden":
        return "no such key"
    return f"{message.replace('Input should', 'it should')}, not {_shown(value)}"


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _read(entry: _Entry, where: str, host: str) -> tuple[list[str], Item | Unread]:
    """Return the keys of an entry and what it says."""
    keys = []
    for name, field in [(entry.reference, "reference"), *((name, "also") for name in entry.also)]:
        reference = references.from_name(name)
        if reference is None:
            raise InputError(
                f"{_shown(name)} names no issue, pull request or draft",
                where=f"{where}.{field}",
                hint="Write it as owner/repo#N, or a draft as its PVTI_… id.",
            )
        keys.append(reference.key)
    if entry.unread:
        return keys, Unread(entry.unread)
    return keys, _item(entry, keys[0], where, host)


def _item(entry: _Entry, key: str, where: str, host: str) -> Item:
    named = references.from_name(entry.reference)
    if named is None or (entry.kind == "draft" and not named.draft):
        raise InputError("a draft is named by its PVTI_… id", where=f"{where}.reference")
    kind: Kind = "draft" if named.draft else entry.kind
    if kind == "issue" and entry.state == "MERGED":
        kind = "pull_request"
    node = key if kind == "draft" else entry.id or key
    is_placed = "status" in entry.model_fields_set
    item = Item(
        id=node,
        kind=kind,
        owner=named.owner,
        repo=named.repo,
        number=named.number,
        title=entry.title,
        url=entry.url,
        state=entry.state if kind == "draft" else entry.state or "OPEN",
        state_reason=entry.reason,
        closed_at=entry.closed,
        merged_at=entry.merged,
        base=entry.base,
        default_branch=entry.default_branch,
        is_private=entry.private,
        placement=Placement(entry.item or node, entry.status, entry.archived) if is_placed else None,
        closing=None if entry.closing is None else tuple(_pull(p, where) for p in entry.closing),
        facts=_read_facts(entry.facts) if entry.facts else None,
    )
    return item if item.url else replace(item, url=_url(item, host))


def _read_facts(entry: _Facts) -> Facts:
    plain = {name: getattr(entry, name) for name in _Facts.model_fields if name != "fields"}
    told: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in plain.items()}
    fields = {name: FieldValue(one.kind, tuple(one.values), one.start, one.days) for name, one in entry.fields.items()}
    return Facts(**told, fields=fields)


def _pull(entry: _Closing, where: str) -> ClosingPull:
    named = references.from_name(entry.reference)
    if named is None or named.draft:
        raise InputError(f"{_shown(entry.reference)} names no pull request", where=f"{where}.closing")
    return ClosingPull(named.owner, named.repo, named.number, entry.state, entry.private)


def _board(file: _File, items: tuple[Item, ...]) -> Board:
    known = file.board
    used = [item.placement.status for item in items if item.placement and item.placement.status]
    unarchived = [item for item in items if item.placement and not item.placement.archived]
    return Board(
        url=known.url,
        title=known.title,
        public=known.public,
        status_field=known.status_field,
        options=tuple(dict.fromkeys(used) if known.options is None else known.options),
        answers={},
        visibility={name.lower(): seen for name, seen in file.repositories.items()},
        items=items,
        total=len(unarchived) if known.total is None else known.total,
        notes=tuple(file.notes),
    )
