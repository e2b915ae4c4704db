"""Owns the file form of a board: Board to JSON, and JSON to checked entries; must not know files or questions.

The same board gives the same bytes: no clock, no cost, a settled order. What is a default is left out, so a
snapshot written by hand needs little more than

    {"version": 1, "items": [{"reference": "owner/repo#1", "state": "CLOSED", "status": "Shipped"}]}

`status` (a name, or null for an empty one) puts an item on the board; without it the item is off the board.
Private items are reduced to their id unless the config allows them, hence `unknown` to every reader.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from roadmap_sync.board.facts import LINKS, Facts, FieldKind, FieldValue
from roadmap_sync.board.model import Board, ClosingPull, Item, ItemKind, Unread
from roadmap_sync.errors import InputError
from roadmap_sync.rules import STATUS_FIELD

VERSION = 1

BOARD_URL = re.compile(r"https?://([^/]+)/(?:orgs|users)/([^/]+)/projects/(\d+)", re.IGNORECASE)
AGAIN = "Make it again with: roadmap-sync snapshot FILE"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RecordedPull(_Model):
    """A pull request that closes an issue."""

    reference: str
    state: str
    private: bool = False


class RecordedValue(_Model):
    """What a board's field says on an item's card."""

    kind: FieldKind = "text"
    values: list[str]
    start: str = ""
    days: int = 0


class _Fields(_Model):
    fields: dict[str, RecordedValue] = {}


def _plain_facts() -> dict[str, Any]:
    """Return the keys, types and defaults of the facts that are texts, truths, and lists of texts."""
    plain = [(each.name, each.default) for each in dataclasses.fields(Facts) if each.name != "fields"]
    return {name: (list[str], []) if default == () else (type(default), default) for name, default in plain}


if TYPE_CHECKING:
    RecordedFacts = _Fields
else:
    #: What areas ask of an item: the keys of the file are the fields of `Facts`.
    RecordedFacts = create_model("RecordedFacts", __base__=_Fields, **_plain_facts())


class RecordedArea(_Model):
    """What an area asked of the board, and which items matched, in board order."""

    filter: str = ""
    view: int | None = None
    statuses: list[str] = []
    items: list[str] = []


class Entry(_Model):
    """One item; the order of the keys is the file's. `also` are other names under which pages know it."""

    reference: str = ""
    title: str = ""
    state: str = ""
    status: str | None = None
    archived: bool = False
    kind: ItemKind = "issue"
    reason: str | None = None
    closed: str | None = None
    merged: str | None = None
    base: str | None = None
    base_gone: bool = False
    default_branch: str | None = None
    closing: list[RecordedPull] | None = None
    facts: RecordedFacts | None = None
    labels: list[str] = []
    open_sub_issues: int = 0
    private: bool = False
    also: list[str] = []
    url: str = ""
    item: str = ""
    id: str = ""
    unread: str = ""


class RecordedBoard(_Model):
    """The board itself; what a person leaves out is taken from the items, or from who asks."""

    url: str = ""
    title: str = ""
    public: bool | None = None
    status_field: str = STATUS_FIELD
    options: list[str] | None = None
    total: int | None = None


class File(_Model):
    """A whole snapshot. Without `areas` it was written by hand, and is judged by their filters."""

    version: Literal[1]
    board: RecordedBoard = RecordedBoard()
    repositories: dict[str, str] = {}
    whole: bool = True
    notes: list[str] = []
    areas: list[RecordedArea] | None = None
    items: list[Entry] = Field(default_factory=list)


def dumps(board: Board, *, allow_private: bool) -> str:
    """Return the board as the text of a snapshot; item by item, since a board may hold 50,000."""
    public = {f"{item.owner}/{item.repo}".lower() for item in _told(board) if not item.is_private}
    entries = _entries(board, host_of(board.url))
    kept = entries if allow_private else (_reduced(entry, public) for entry in entries)
    head = json.dumps(_head(board, allow_private=allow_private), ensure_ascii=False, indent=2)
    texts = (json.dumps(entry.model_dump(exclude_unset=True), ensure_ascii=False, indent=2) for entry in kept)
    blocks = ",\n".join(_escaped("    " + text.replace("\n", "\n    ")) for text in texts)
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
        "areas": [
            {
                "filter": text,
                **({"view": view} if view is not None else {}),
                "statuses": list(statuses),
                "items": [item.name for item in items if allow_private or not item.is_private],
            }
            for (text, view, statuses), items in ((area.key, items) for area, items in board.candidates.items())
        ],
    }


def _told(board: Board) -> Iterator[Item]:
    """Yield every item that a board holds, some more than once."""
    yield from board.items or ()
    yield from (answer for answer in board.answers.values() if isinstance(answer, Item))
    yield from (item for items in board.candidates.values() for item in items)


def _escaped(text: str) -> str:
    """Escape what an editor or a terminal would not show as it is: control and bidirectional characters."""
    lines = text.split("\n")
    return "\n".join(line if line.isprintable() else _escaped_line(line) for line in lines)


def _escaped_line(line: str) -> str:
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)


def _entries(board: Board, host: str) -> Iterator[Entry]:
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
    rest = (item for key, item in (offered | asked).items() if key not in whole)
    others = sorted(rest, key=lambda it: (it.owner.lower(), it.repo.lower(), it.number, it.id))
    for item in [*whole.values(), *others]:
        facts = (offered.get(item.id) or asked.get(item.id) or item).facts
        known = replace(item, closing=evidence.get(item.id), facts=facts)
        yield _entry(known, names.get(item.id, []), host)
    for key in sorted(board.answers):
        answer = board.answers[key]
        if isinstance(answer, Unread) and not answer.absent_from_snapshot:
            yield Entry(reference=key, unread=answer.reason)


def _entry(item: Item, keys: list[str], host: str) -> Entry:
    """Return the item's block with what differs from the defaults."""
    placement = item.placement
    known: dict[str, Any] = {"reference": item.name, "title": item.title}
    known |= {} if item.kind == "draft" else {"state": item.state}
    if placement:
        known |= {"status": placement.status}
    also = sorted(key for key in keys if key not in {item.name.lower(), item.name})
    rest: dict[str, Any] = {
        "archived": (placement and placement.archived) or None,
        "kind": item.kind if item.kind != "issue" else None,
        "reason": item.state_reason,
        "closed": item.closed_at,
        "merged": item.merged_at,
        "base": item.base,
        "base_gone": item.is_base_gone or None,
        "default_branch": item.default_branch,
        "closing": _closing(item.closing),
        "facts": _facts(item.facts) if item.facts else None,
        "labels": list(item.labels) or None,
        "open_sub_issues": item.open_sub_issues or None,
        "private": item.is_private or None,
        "also": also or None,
        "url": item.url if item.url != url_of(item, host) else None,
        "item": placement.item_id if placement and placement.item_id != item.id else None,
        "id": item.id if item.id != item.name.lower() and item.kind != "draft" else None,
    }
    return Entry(**known, **{name: value for name, value in rest.items() if value is not None})


def _closing(pulls: tuple[ClosingPull, ...] | None) -> list[RecordedPull] | None:
    if pulls is None:
        return None
    marks: list[dict[str, bool]] = [{"private": True} if pull.is_private else {} for pull in pulls]
    named = zip(pulls, marks, strict=True)
    return [RecordedPull(reference=f"{p.owner}/{p.repo}#{p.number}", state=p.state, **mark) for p, mark in named]


def _facts(facts: Facts) -> RecordedFacts:
    """Return facts with what differs from the defaults."""
    fields = {name: _value(value) for name, value in sorted(facts.fields.items())}
    plain = {name: getattr(facts, name) for name in RecordedFacts.model_fields if name != "fields"}
    told: dict[str, Any] = {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items() if v}
    return RecordedFacts(**told | ({"fields": fields} if fields else {}))


def _value(value: FieldValue) -> RecordedValue:
    lasts: dict[str, Any] = {"start": value.start, "days": value.days} if value.start else {}
    return RecordedValue(kind=value.kind, values=list(value.values), **lasts)


def _reduced(entry: Entry, public: set[str]) -> Entry:
    """Leave of a private item its id, and of evidence and links nothing that is not known to be public."""
    if entry.private:
        return Entry(private=True, id=entry.id or entry.reference)
    kept = {name: getattr(entry, name) for name in entry.model_fields_set}
    if any(pull.private for pull in entry.closing or ()):
        del kept["closing"]
    if entry.facts:
        kept["facts"] = _public(entry.facts, public)
    return Entry(**kept)


def _public(facts: RecordedFacts, public: set[str]) -> RecordedFacts:
    """Leave the links to repositories that the snapshot names anyway."""
    kept = {name: getattr(facts, name) for name in facts.model_fields_set}
    for name in kept.keys() & LINKS:
        keys = kept[name] if isinstance(kept[name], list) else [kept[name]]
        told = [key for key in keys if key.partition("#")[0] in public]
        kept[name] = told if isinstance(kept[name], list) else "".join(told)
    return RecordedFacts(**{name: value for name, value in kept.items() if value != ""})


def host_of(url: str) -> str:
    """Return the host of a board's URL; GitHub's own where there is none."""
    match = BOARD_URL.match(url)
    return match[1] if match else "github.com"


def url_of(item: Item, host: str) -> str:
    """Return the page that an item has on its host, by its name; a draft has none."""
    if item.kind == "draft":
        return ""
    path = "pull" if item.kind == "pull_request" else "issues"
    return f"https://{host}/{item.owner}/{item.repo}/{path}/{item.number}"


def read(text: str, where: str) -> File:
    """Read a snapshot's text; raises InputError with the file, the place in it and the way out."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        is_cut = not text[error.pos :].strip()
        what = "the file ends in the middle" if is_cut else f"this is no JSON: {error.msg}"
        raise InputError(what, where=f"{where}:{error.lineno}:{error.colno}", hint=AGAIN) from None
    except RecursionError:
        raise InputError("this is nested too deep for a snapshot", where=where, hint=AGAIN) from None
    if not isinstance(raw, dict) or "version" not in raw:
        raise InputError("this is no snapshot: it has no version", where=where, hint=AGAIN)
    if raw["version"] != VERSION or isinstance(raw["version"], bool):
        raise InputError(
            f"this snapshot has version {shown(raw['version'])}; this program reads version {VERSION}",
            where=f"{where}: version",
            hint=AGAIN,
        )
    try:
        return File.model_validate(raw)
    except ValidationError as errors:
        first = errors.errors()[0]
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
        raise InputError(
            _said(first["type"], first["msg"], first["input"]),
            where=f"{where}: {path.removeprefix('.')}",
            hint="Correct it by hand, or make the snapshot again.",
        ) from None


def _said(kind: str, message: str, value: object) -> str:
    if kind == "extra_forbidden":
        return "no such key"
    return f"{message.replace('Input should', 'it should')}, not {shown(value)}"


def shown(value: object) -> str:
    """Return a value as it stands in the file, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
