"""Owns what a recorded board answers to a question; must not know files, or how a snapshot is spelled.

The same Question gives the same Board as GitHub would at that time: what was not asked is not told, and what the
snapshot lacks is unread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from roadmap_sync import references
from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.board.filters import facts_of
from roadmap_sync.board.model import Board, ClosingPull, Item, ItemKind, Placement, Unread
from roadmap_sync.board.question import AreaQuery, Question
from roadmap_sync.errors import InputError
from roadmap_sync.reading import snapshot_file
from roadmap_sync.reading.facts import LISTED_FACTS, PLAIN_FACTS
from roadmap_sync.reading.snapshot_file import (
    AGAIN,
    BOARD_URL,
    Entry,
    File,
    RecordedArea,
    RecordedFacts,
    RecordedPull,
    host_of,
    shown,
    url_of,
)
from roadmap_sync.references import Reference
from roadmap_sync.rules import composed

#: `AreaQuery.key`.
_AreaKey = tuple[str, int | None, tuple[str, ...]]

_ABSENT = Unread("it is not in the snapshot", absent_from_snapshot=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A recorded board that answers questions. `known` maps each key to what is recorded of it.

    The board's URL is empty where a person left it out.
    """

    where: str
    board: Board
    known: Mapping[str, Item | Unread]
    is_whole: bool
    areas: Mapping[_AreaKey, tuple[Item, ...]] | None

    def answer(self, question: Question, today: date = date.min) -> Board:
        """Return what is recorded for a question; raises InputError where it is another board's.

        A snapshot by hand that lists no areas is judged by their filters, which count days from `today`.
        """
        self._check(question)
        answers = {reference.key: self._answer(reference, question) for reference in question.references}
        asked = {name.lower() for name in question.repositories}
        items = tuple(_labelled(replace(item, closing=None, facts=None), question) for item in self.board.items or ())
        return replace(
            self.board,
            url=self.board.url or question.board.url,
            answers=answers,
            visibility={name: seen for name, seen in self.board.visibility.items() if name in asked},
            items=items if question.whole else None,
            candidates={area: _as_asked(self._candidates(area, today), question) for area in question.areas},
        )

    def _answer(self, reference: Reference, question: Question) -> Item | Unread:
        value = self.known.get(reference.key, _ABSENT)
        if isinstance(value, Unread):
            return value
        is_wanted = reference.key in question.evidence and value.kind == "issue" and value.state == "OPEN"
        facts = value.facts.of_fields(question.fields) if question.fields and value.facts else None
        return _labelled(replace(value, facts=facts, closing=value.closing if is_wanted else None), question)

    def _candidates(self, area: AreaQuery, today: date) -> tuple[Item, ...]:
        if self.areas is None and area.filter:
            return tuple(item for item in self._offered(area) if area.filter.matches(item, today=today))
        if self.areas is None or area.key not in self.areas:
            asked = f"view {area.view}" if area.view is not None else f'the filter "{area.key[0]}"'
            raise self._lacking(f"the snapshot was not made for an area with {asked}")
        return tuple(replace(item, closing=None) for item in self.areas[area.key])

    def _offered(self, area: AreaQuery) -> Iterator[Item]:
        """Yield the items with one of an area's Statuses, in board order, what nobody wrote down left empty."""
        columns = {option: index for index, option in enumerate(self.board.options)}
        placed = [(item, item.placement) for item in self.board.items or () if item.placement]
        for item, place in sorted(placed, key=lambda pair: columns.get(pair[1].status or "", len(columns))):
            if place.status in area.statuses and not place.archived:
                yield replace(item, closing=None, facts=item.facts or Facts())

    def _check(self, question: Question) -> None:
        recorded, asked = BOARD_URL.match(self.board.url), question.board
        if recorded and asked.url:
            same = (asked.host.lower(), asked.owner.lower(), str(asked.number))
            if (recorded[1].lower(), recorded[2].lower(), recorded[3]) != same:
                raise self._lacking(f"this is a snapshot of {self.board.url}, not of {asked.url}")
        if self.board.status_field.lower() != question.status_field.lower():
            held = self.board.status_field
            raise self._lacking(f'the snapshot holds the field "{held}", not "{question.status_field}"')
        if question.whole and not self.is_whole:
            raise self._lacking("the snapshot does not hold the whole board")

    def _lacking(self, what: str) -> InputError:
        return InputError(what, where=self.where, hint=AGAIN)


def loads(text: str, where: str) -> Snapshot:
    """Read a snapshot's text; raises InputError with the file, the place and the way out."""
    file = snapshot_file.read(text, where)
    host = host_of(file.board.url)
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
    return Snapshot(where, _board(file, tuple(items)), known, file.whole, _read_areas(file.areas, known, where))


def _labelled(item: Item, question: Question) -> Item:
    """Return an item with the labels that decide about it only where the question asks for them."""
    return item if question.labels else replace(item, labels=())


def _as_asked(items: tuple[Item, ...], question: Question) -> tuple[Item, ...]:
    """Return items with no more labels and people than a reading of GitHub would have asked for."""
    items = tuple(_labelled(item, question) for item in items)
    asked = facts_of(question)
    if asked is None:
        return items
    none: dict[str, Any] = dict.fromkeys(LISTED_FACTS - asked - (PLAIN_FACTS if question.whole else frozenset()), ())
    return tuple(replace(item, facts=replace(item.facts or Facts(), **none)) for item in items)


def _read_areas(
    areas: list[RecordedArea] | None, known: Mapping[str, Item | Unread], where: str
) -> Mapping[_AreaKey, tuple[Item, ...]] | None:
    if areas is None:
        return None
    return {
        (area.filter, area.view, tuple(area.statuses)): tuple(
            _recorded(name, known, f"{where}: areas[{index}].items") for name in area.items
        )
        for index, area in enumerate(areas)
    }


def _recorded(name: str, known: Mapping[str, Item | Unread], where: str) -> Item:
    reference = references.from_name(name)
    item = known.get(reference.key) if reference else None
    if not isinstance(item, Item):
        raise InputError(
            f"{shown(name)} is none of the items", where=where, hint="Add it to the items, or take it out."
        )
    return replace(item, facts=item.facts or Facts())


def _read(entry: Entry, where: str, host: str) -> tuple[list[str], Item | Unread]:
    """Return the keys of an entry and what it says."""
    named = []
    for name, field in [(entry.reference, "reference"), *((name, "also") for name in entry.also)]:
        reference = references.from_name(name)
        if reference is None:
            raise InputError(
                f"{shown(name)} names no issue, pull request or draft",
                where=f"{where}.{field}",
                hint="Write it as owner/repo#N, or a draft as its PVTI_… id.",
            )
        named.append(reference)
    return [one.key for one in named], Unread(entry.unread) if entry.unread else _item(entry, named[0], where, host)


def _item(entry: Entry, named: Reference, where: str, host: str) -> Item:
    if entry.kind == "draft" and not named.draft:
        raise InputError("a draft is named by its PVTI_… id", where=f"{where}.reference")
    kind: ItemKind = "draft" if named.draft else entry.kind
    if kind == "issue" and entry.state == "MERGED":
        kind = "pull_request"
    node = named.key if kind == "draft" else entry.id or named.key
    is_placed = "status" in entry.model_fields_set
    status = composed(entry.status) if entry.status is not None else None
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
        placement=Placement(entry.item or node, status, entry.archived) if is_placed else None,
        closing=None if entry.closing is None else tuple(_pull(p, where) for p in entry.closing),
        facts=_read_facts(entry.facts) if entry.facts else None,
        is_base_gone=entry.base_gone,
        open_sub_issues=entry.open_sub_issues,
        labels=tuple(entry.labels),
    )
    return item if item.url else replace(item, url=url_of(item, host))


def _read_facts(entry: RecordedFacts) -> Facts:
    plain = {name: getattr(entry, name) for name in RecordedFacts.model_fields if name != "fields"}
    told: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in plain.items()}
    fields = {name: FieldValue(one.kind, tuple(one.values), one.start, one.days) for name, one in entry.fields.items()}
    return Facts(**told, fields=fields)


def _pull(entry: RecordedPull, where: str) -> ClosingPull:
    named = references.from_name(entry.reference)
    if named is None or named.draft:
        raise InputError(f"{shown(entry.reference)} names no pull request", where=f"{where}.closing")
    return ClosingPull(named.owner, named.repo, named.number, entry.state, entry.private)


def _board(file: File, items: tuple[Item, ...]) -> Board:
    known = file.board
    used = [item.placement.status for item in items if item.placement and item.placement.status]
    unarchived = [item for item in items if item.placement and not item.placement.archived]
    return Board(
        url=known.url,
        title=known.title,
        public=known.public,
        status_field=known.status_field,
        options=tuple(dict.fromkeys(used) if known.options is None else map(composed, known.options)),
        answers={},
        visibility={name.lower(): seen for name, seen in file.repositories.items()},
        items=items,
        total=len(unarchived) if known.total is None else known.total,
        notes=tuple(file.notes),
    )
