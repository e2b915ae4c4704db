"""Owns how a Question becomes a Board: which documents are asked, in which order, and when all is known.

Pure: a Reading hands out Requests, takes their Answers in any order, and ends with a Board or an error. Must not know
how a document travels, how a part is spelled, or the network's troubles, save two: a request that was too heavy comes
back through `halve`, one that the host does not understand through `refuse`.

Either the pages' references are looked up, or the board is read whole and only the rest is looked up (docs/design.md,
Reading); both give the same Board. What is not understood is asked again, twice at most. Then the reading ends with an
error, or the one reference that it touches stays unread.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, NoReturn

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.board.question import Question
from roadmap_sync.errors import BugError, GitHubError, InputError, RoadmapSyncError, quoted
from roadmap_sync.inert import excerpt
from roadmap_sync.reading.answers import Answer, Fault, policy_in
from roadmap_sync.reading.area_lists import AreaLists
from roadmap_sync.reading.ask import Ask, AskTold, BoardTold
from roadmap_sync.reading.documents import Queries, Request, compose
from roadmap_sync.reading.facts import unknown_facts
from roadmap_sync.reading.items import Head
from roadmap_sync.reading.listing import Listing
from roadmap_sync.reading.lookups import LookUps
from roadmap_sync.reading.parts import REREADS, SIDE_BY_SIDE, Errand, Fields, Sizes, unusable

_HIDDEN_HINT = (
    "Either the number is wrong, or GitHub hides the project because the job's token cannot see organisation "
    "projects: GITHUB_TOKEN never can. Set ROADMAP_SYNC_TOKEN to a classic token with read:project, or to one of "
    "{owner} (fine-grained, or an app's) with Projects: read."
)
_EMPTY_HINT = (
    "A token of another owner reads a board as empty: give one of {owner} with Projects: read. After many "
    "changes at once GitHub shows an empty board for some minutes: then run again."
)


class Reading:
    """One reading of GitHub for one Question; filters count days from `today`.

    `next` hands out a request that may be sent now, beside those that are under way, and `take` its answer in. `why`
    says in a sentence how the reading was chosen. `queries` are the texts that this host understands, as far as known.
    """

    def __init__(
        self, question: Question, queries: Queries, sizes: Sizes | None = None, *, today: date = date.min
    ) -> None:
        self._question = question
        self.queries = queries.for_board(question.board.host, has_labels=question.labels)
        self._sizes = sizes or Sizes()
        self._pending: list[Errand[Any]] = []
        self._under_way: dict[Request, Errand[Any]] = {}
        self._look_ups = LookUps(question.references)
        self._areas = AreaLists(question, self._sizes, today)
        self._held = question.references
        self._head: Head | None = None
        self._arguments: frozenset[str] = frozenset()
        self._whole: Listing | None = None
        self.why = ""
        self._ask_first()

    def _ask_first(self) -> None:
        question, size = self._question, self._sizes.look_ups
        references = () if question.whole else question.references
        # Of more documents than go out at once the first tells whether a scan would be cheaper.
        is_large = len(references) > size * SIDE_BY_SIDE
        first = references[:size] if is_large else references
        self._held = question.references[len(first) :]
        host = question.whole or is_large
        self._ask(self._areas.ask(Ask(first, question.repositories, question.evidence, head=True, host=host)))

    def _ask(self, part: Ask) -> None:
        self._queue([Errand(part, self._take_ask)])

    def _queue(self, errands: Iterable[Errand[Any]]) -> None:
        for errand in errands:
            self._pending += errand.cut(self._sizes)

    @property
    def items_read(self) -> int:
        """Return how many board items came so far, by a scan or as cards of what was asked."""
        asked = sum(isinstance(a, Item) and a.placement is not None for a in self._look_ups.settled.values())
        return self._whole.seen if self._whole else asked

    @property
    def items_total(self) -> int:
        """Return how many items the board has, as far as is known."""
        return self._head.total if self._head else 0

    def next(self) -> Request | None:
        """Hand out the next request to send; None while all depends on answers that are under way."""
        if not self._pending:
            return None
        errand = self._pending.pop(0)
        request = compose(errand.part, self.queries, self._question.board, self._question.status_field)
        self._under_way[request] = errand
        return request

    def halve(self, request: Request) -> None:
        """Ask in smaller parts what was too heavy, and everything after it too."""
        errand = self._under_way.pop(request)
        errand.part.shrink(self._sizes)
        waiting, self._pending = [errand, *self._pending], []
        self._queue(each for each in waiting if each.is_due())

    def refuse(self, request: Request, unknown: frozenset[str] = frozenset()) -> bool:
        """Take note that this host does not know what a request asks; whether the reading can do without.

        `unknown` are the names in GitHub's message; those that are optional are left out from then on. An old host has
        no filter, so areas are then served from the whole board. It may know no closing pull requests, so they are
        asked apart from the look-ups, and then dropped as other evidence is.
        """
        errand = self._under_way.pop(request)
        plain = self.queries.without(unknown)
        if plain.dropped > self.queries.dropped:
            self.queries = plain
            self._areas.forget(unknown_facts(plain.dropped))
            self._queue([errand])
        elif plainer := errand.part.plainer():
            self._queue([replace(errand, part=plainer)])
        elif errand.lose:
            errand.lose(errand.part)
            self._advance()
        else:
            return False
        return True

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to a request; raises GitHubError or InputError when the reading ends there."""
        errand = self._under_way.pop(request)
        try:
            self._queue(errand.answered(answer))
            self._pending = [each for each in self._pending if each.is_due()]
            self._advance()
        except RoadmapSyncError as error:
            error.where = error.where or self._question.board.url
            raise

    def _take_ask(self, told: AskTold) -> list[Errand[Any]]:
        self._look_ups.take(told)
        self._arguments = self._arguments if told.arguments is None else told.arguments
        return self._take_board(told.board, told.ask, told.answer) if told.board else []

    def _take_board(self, told: BoardTold, part: Ask, answer: Answer) -> list[Errand[Any]]:
        if told.refusal:
            raise _refused(self._question, told.refusal, answer)
        if not told.fault and told.is_ownerless:
            what = f"there is no user and no organisation called {self._question.board.owner}"
            raise unusable(what, answer, "Copy the board's address from the browser again.")
        head = told.head if told.head and told.head.total and not told.fault else None
        if head and (head.options is None or self._areas.take_board(told)):
            self._head = head
            return self._begin(head, told, part)
        if part.again < REREADS:
            return [Errand(part.bare().once_more(), self._take_ask)]
        raise _unreadable(self._question, told, answer)

    def _begin(self, head: Head, told: BoardTold, part: Ask) -> list[Errand[Any]]:
        """Begin what depends on the board itself: its fields where it has no such Status, or the areas."""
        question = self._question
        if head.options is None:
            self._pending = []
            return [Errand(Fields(), partial(_end_without_status, question.status_field))]
        if not question.areas or question.whole:
            return []
        if part.lists or "query" in self._arguments:
            return self._areas.start(head, told, part.first)
        self.why = "a scan: this host cannot filter, and areas ask for some of the board"
        return self._scan(head)

    def _scan(self, head: Head) -> list[Errand[Any]]:
        self._whole = Listing.of_all(head, self._sizes, self._arguments)
        return [*self._whole.start()]

    def _advance(self) -> None:
        """Queue what the answers so far make necessary."""
        if self._head is None or self._head.options is None:
            return
        if due := self._look_ups.judge(self._head):
            self._ask(Ask(due))
        self._queue(self._look_ups.rests())
        if self._whole is None and (self._held or self._question.whole):
            self._choose(self._head)
        if self._whole and self._whole.is_finished and self._held:
            self._ask_rest(self._whole)
        if not self._pending and not self._under_way and not self._held:
            self._queue(self._look_ups.closing(self._question.evidence))
        is_scanned = self._whole is None or self._whole.is_finished
        if self._areas.is_wanted and is_scanned:
            # Items are asked about as lists are read; looked-up cards once all are known.
            is_settled = not self._held and len(self._look_ups.settled) == len(self._question.references)
            known = self._look_ups.settled.values() if is_settled else ()
            self._queue(self._areas.next_errands(self._whole, [each for each in known if isinstance(each, Item)]))

    def _choose(self, board: Head) -> None:
        """Choose between look-ups of what is still held and a scan of the board, by counting documents.

        Both cost a point a document. What a scan does not find is looked up as well: as many in a hundred as among the
        first look-ups.
        """
        is_whole, settled = self._question.whole, [*self._look_ups.settled.values()]
        if not is_whole and not settled:
            return
        size, pages = self._sizes.look_ups, Listing.of_all(board, self._sizes, self._arguments).requests
        asked = -(-len(self._held) // size)
        off_board = sum(not isinstance(a, Item) or a.placement is None for a in settled) / max(len(settled), 1)
        scanned = pages + -(-round(len(self._held) * off_board) // size)
        if not is_whole and asked <= scanned:
            self.why = f"look-ups, {asked} requests: a scan would take {scanned}"
            self._ask(Ask(self._held, evidence=self._question.evidence))
            self._held = ()
            return
        self.why = f"a scan, about {scanned} requests: look-ups would take {asked}"
        if is_whole:
            self.why = f"a scan, about {pages} requests: the whole board is asked for"
        self._queue(self._scan(board))

    def _ask_rest(self, whole: Listing) -> None:
        """Settle what the scan found, and look up what it did not."""
        on_board = {name: row.item for row in whole.rows if row.item for name in _names(row.item)}
        for reference in self._held:
            if item := on_board.get(reference.key):
                self._look_ups.settle(reference.key, item)
        rest = tuple(r for r in self._held if r.key not in on_board)
        self._held = ()
        if rest:
            self._ask(Ask(rest, evidence=self._question.evidence))

    @property
    def is_finished(self) -> bool:
        """Whether the board is known."""
        is_quiet = not self._pending and not self._under_way and not self._held
        is_scanned = self._whole.is_finished if self._whole else not self._question.whole
        return is_quiet and is_scanned and self._head is not None

    def board(self) -> Board:
        """Return the board of a finished reading; raises GitHubError where no look-up could be read at all."""
        head, question, look_ups = self._head, self._question, self._look_ups
        if head is None or head.options is None or not self.is_finished:
            raise BugError("a board was wanted of a reading that is not finished")
        if look_ups.is_all_forbidden:
            why = next(answer.reason for answer in look_ups.settled.values() if isinstance(answer, Unread))
            raise GitHubError(
                f"this token may read none of the page's references: {why}",
                where=question.board.url,
                hint="Give it Issues: read and Pull requests: read of their repositories (classic: repo).",
            )
        answers = look_ups.answers(question.evidence)
        wanted = [name.lower() for name in question.repositories]
        return Board(
            url=head.url,
            title=head.title,
            public=head.public,
            status_field=head.status_field,
            options=head.options,
            answers={key: self._areas.with_fields(a) if isinstance(a, Item) else a for key, a in answers.items()},
            visibility={name: seen for name in wanted if (seen := look_ups.visibility.get(name))},
            items=_items(self._whole, look_ups.settled.values()) if self._whole and question.whole else None,
            total=head.total,
            candidates=self._areas.candidates(self._whole),
            notes=(*look_ups.notes(), *self._areas.notes()),
        )


def _items(whole: Listing, settled: Iterable[Item | Unread]) -> tuple[Item, ...]:
    """Return the whole board. An item that the token may not see there is taken from the look-ups, if one told it."""
    told = {item.placement.item_id: item for item in settled if isinstance(item, Item) and item.placement}
    rows = (row.item or told.get(row.card.placement.item_id) for row in whole.rows)
    return tuple(item for item in rows if item)


def _names(item: Item) -> tuple[str, ...]:
    """Return the reference keys by which a page can name a board's item: its own, and its card's."""
    card = item.placement.item_id if item.placement else item.id
    return (item.name if item.kind == "draft" else item.name.lower(), card)


def _refused(question: Question, fault: Fault, answer: Answer) -> GitHubError:
    """Return the error for a board that GitHub refuses as such: asking again would not help."""
    address = question.board
    if fault.is_saml:
        hint = f"Authorise the token at {answer.sso}" if answer.sso else "Authorise the token for single sign-on."
        return unusable(f"{address.owner} requires single sign-on for this token", answer, hint)
    if policy := policy_in(fault.message):
        return unusable(f"GitHub refuses this token: {fault.message}", answer, policy.way_out)
    words = f": {fault.message}" if fault.type == "FORBIDDEN" else ""
    what = f"GitHub shows this token no project {address.number} of {address.owner}{words}"
    return unusable(what, answer, _HIDDEN_HINT.format(owner=address.owner))


def _unreadable(question: Question, told: BoardTold, answer: Answer) -> GitHubError:
    """Return the error for a board that was asked often enough."""
    if told.fault:
        return unusable(f"GitHub could not read the board: {excerpt(told.fault.message)}", answer)
    if told.head and told.head.total:
        return unusable("GitHub did not tell all of the board's fields", answer)
    return unusable("this token sees an empty board", answer, _EMPTY_HINT.format(owner=question.board.owner))


def _end_without_status(name: str, named: tuple[tuple[str, bool], ...]) -> NoReturn:
    """Raise the error for a board without such a Status field, with the fields that it has."""
    is_there = name.lower() in {field.lower() for field, _ in named}
    selects = quoted(excerpt(field) for field, is_select in named if is_select)
    others = quoted(excerpt(field) for field, is_select in named if not is_select)
    raise InputError(
        f'the field "{name}" is not a single select' if is_there else f'the board has no field "{name}"',
        hint=f"Set status_field under [board] to one of its single selects: {selects or 'there is none'}. "
        f"Other fields: {others or 'none'}.",
    )
