"""Owns how a Question becomes a Board: which documents, in which order, and what follows from each answer.

Pure: a Reading hands out Requests that can be printed, takes Answers in any order, and ends as a Board or as
an error. Must not know how a document travels, or the network's troubles, save one: a request that was too
heavy comes back through `halve`.

A Question is asked (Ask: look-ups of the pages' references) or the board is read whole and the rest asked
(Scan), as design §8 has it; both give the same Board. What is not understood is read again, twice at most;
then the reading ends with an error, or the one reference that it touches stays unread.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.board.question import Question
from roadmap_sync.errors import BugError, GitHubError, InputError
from roadmap_sync.reading import answers
from roadmap_sync.reading.answers import Answer, Fault, Head
from roadmap_sync.reading.area_lists import Areas
from roadmap_sync.reading.documents import (
    SIDE_BY_SIDE,
    Ask,
    Boards,
    Closing,
    Composer,
    Details,
    Ends,
    Fields,
    Page,
    Part,
    Path,
    Queries,
    Request,
)
from roadmap_sync.reading.listing import Scan
from roadmap_sync.reading.lookups import LookUps

#: How often one document is read again before the reading ends.
REREADS = 2

_PROJECT: Path = ("repositoryOwner", "projectV2")
_HIDDEN_HINT = (
    "Either the number is wrong, or GitHub hides the project because the job's token cannot see organisation "
    "projects: GITHUB_TOKEN never can. Set ROADMAP_SYNC_TOKEN to a classic token with read:project, or to one of "
    "{owner} (fine-grained, or an app's) with Projects: read."
)
_EMPTY_HINT = (
    "A token of another owner reads a board as empty: give one of {owner} with Projects: read. After many "
    "changes at once GitHub shows an empty board for some minutes: then run again."
)


@dataclass(slots=True)
class Sizes:
    """How many look-ups, board items and items' details one document asks for.

    They are halved on trouble and kept for the run.
    """

    look_ups: int = 50
    items: int = 100
    details: int = 200


class Reading:
    """One reading of GitHub for one Question.

    `pending` are the requests that may be sent now, side by side; `next` hands one out, and `take` its answer
    in. `why` says in a sentence how the reading was chosen.
    """

    def __init__(self, question: Question, queries: Queries, sizes: Sizes, today: date) -> None:
        self._question = question
        self._where = question.board.url
        self._composer = Composer(queries, question.board, question.status_field)
        self._sizes = sizes
        self._pending: list[Request] = []
        self._under_way: set[Request] = set()
        self._look_ups = LookUps(question.references, self._where)
        self._areas = Areas(question, today)
        self._held = question.references
        self._head: Head | None = None
        self._knows: frozenset[str] = frozenset()
        self._scan: Scan | None = None
        self.why = ""

    @classmethod
    def start(
        cls, question: Question, queries: Queries, sizes: Sizes | None = None, *, today: date = date.min
    ) -> "Reading":
        """Return a reading whose first requests are pending; filters count days from `today`."""
        reading = cls(question, queries, sizes or Sizes(), today)
        reading._ask_first()
        return reading

    def _ask_first(self) -> None:
        question, size = self._question, self._sizes.look_ups
        references = () if question.whole else question.references
        # Of more documents than go out at once the first tells whether a scan would be cheaper.
        is_large = len(references) > size * SIDE_BY_SIDE
        first = references[:size] if is_large else references
        host = question.whole or is_large
        self._held = question.references[len(first) :]
        asked = Ask(first, question.repositories, question.evidence, head=True, host=host)
        self._queue([self._areas.ask(asked, self._sizes.items)])

    def _queue(self, parts: Sequence[Part]) -> None:
        for part in parts:
            self._pending += [self._composer.request(piece) for piece in self._cut(part)]

    def _cut(self, part: Part) -> list[Part]:
        if isinstance(part, Ask | Boards | Closing):
            return [*part.cut(self._sizes.look_ups)]
        if isinstance(part, Details):
            return [*part.cut(self._sizes.details)]
        return [part]

    @property
    def pending(self) -> tuple[Request, ...]:
        """Return the requests that wait to be sent, in order."""
        return tuple(self._pending)

    @property
    def items_read(self) -> int:
        """Return how many board items came so far, by a scan or as cards of what was asked."""
        asked = sum(isinstance(a, Item) and a.placement is not None for a in self._look_ups.settled.values())
        return self._scan.seen if self._scan else asked

    @property
    def items_total(self) -> int:
        """Return how many items the board has, as far as is known."""
        return self._head.total if self._head else 0

    def next(self) -> Request | None:
        """Hand out the next request to send; None while all depends on answers that are under way."""
        if not self._pending:
            return None
        request = self._pending.pop(0)
        self._under_way.add(request)
        return request

    def halve(self, request: Request) -> None:
        """Ask in smaller parts what was too heavy, and everything after it too."""
        self._under_way.remove(request)
        size = max(1, request.part.size // 2)
        if isinstance(request.part, Details):
            self._sizes.details = min(self._sizes.details, size)
        elif isinstance(request.part, Page | Ends):
            self._sizes.items = min(self._sizes.items, size)
        else:
            self._sizes.look_ups = min(self._sizes.look_ups, size)
        if isinstance(request.part, Ask) and request.part.lists:
            self._sizes.items = min(self._sizes.items, max(1, request.part.first // 2))
        waiting = [request, *self._pending]
        self._pending = []
        for each in waiting:
            self._queue(self._smaller(each.part))

    def _smaller(self, part: Part) -> list[Part]:
        if isinstance(part, Ends):
            return [smaller for page in part.pages for smaller in self._smaller(page)]
        if isinstance(part, Page):
            scan = self._scan_of(part)
            return scan.shrink(part, self._sizes.items) if scan.is_current(part) else []
        if isinstance(part, Ask) and part.lists:
            part = replace(part, first=min(part.first, self._sizes.items))
        return self._cut(part)

    def refuse(self, request: Request) -> bool:
        """Take note that this host does not know what a request asks; whether the reading can do without.

        An old host has no filter, so areas are then served from the whole board. It may know no closing pull
        requests, so they are asked apart from the look-ups, and then dropped as other evidence is.
        """
        self._under_way.remove(request)
        match request.part:
            case Ask() as part if part.lists or part.evidence:
                self._queue([replace(part, lists=(), evidence=frozenset())])
            case Closing() as part:
                self._look_ups.take_closing(part, Answer(None))
                self._advance()
            case Details():
                self._areas.take_details(request, None)
                self._advance()
            case _:
                return False
        return True

    def _scan_of(self, part: Page) -> Scan:
        whole = None if part.listing else self._scan
        return whole or self._areas.scan_of(part)

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to a request; raises GitHubError or InputError when the reading ends there."""
        self._under_way.remove(request)
        part = request.part
        match part:
            case Fields():
                raise self._field_error(answer)
            case Page():
                self._take_page(part, answer)
            case Ends():
                self._queue(self._areas.take_ends(part, answer, _PROJECT))
            case _:
                self._take_ask(request, part, answer)
        self._advance()

    def _take_ask(self, request: Request, part: Ask | Boards | Closing | Details, answer: Answer) -> None:
        if fault := self._look_ups.useless(request, answer):
            self._ask_again(request, part, answer, fault)
            return
        if isinstance(part, Closing):
            self._look_ups.take_closing(part, answer)
        elif isinstance(part, Boards):
            self._look_ups.take_boards(request, answer)
        elif isinstance(part, Details):
            self._areas.take_details(request, answer)
        else:
            self._look_ups.take_ask(request, answer)
            if part.host:
                self._knows = answers.item_arguments(answer.at(("__type",)))
            if part.head:
                self._take_head(request, part, answer)

    def _ask_again(
        self, request: Request, part: Ask | Boards | Closing | Details, answer: Answer, fault: Fault
    ) -> None:
        if part.again < REREADS:
            self._queue([replace(part, again=part.again + 1)])
        elif isinstance(part, Closing):
            self._look_ups.take_closing(part, Answer(None))
        elif isinstance(part, Details):
            self._areas.take_details(request, None)
        else:
            raise _error(f"GitHub answered with an error: {_shown(fault.message)}", self._where, answer)

    def _take_head(self, request: Request, part: Ask, answer: Answer) -> None:
        self._check_refusal(answer)
        board = answers.head(answer.at(_PROJECT))
        trouble = self._head_trouble(request, answer)
        if board and board.total and not trouble and (board.options is None or self._areas.take_head(answer, _PROJECT)):
            self._head = board
            self._begin_areas(board, part, answer)
        elif part.again < REREADS:
            self._queue([replace(part.bare(), again=part.again + 1)])
        elif trouble:
            message = _shown(trouble[0].message)
            raise _error(f"GitHub could not read the board: {message}", self._where, answer)
        elif board and board.total:
            raise _error("GitHub did not tell all of the board's fields", self._where, answer)
        else:
            hint = _EMPTY_HINT.format(owner=self._question.board.owner)
            raise _error("this token sees an empty board", self._where, answer, hint)

    @staticmethod
    def _head_trouble(request: Request, answer: Answer) -> list[Fault]:
        """Return the faults at the board itself; those at the lists that came with it are the lists' own."""
        lists = (
            [(*_PROJECT, f"{end}{index}") for index in range(len(request.part.lists)) for end in "az"]
            if isinstance(request.part, Ask)
            else []
        )
        return [fault for fault in answer.faults if fault.path[:1] == _PROJECT[:1] and fault.path[:3] not in lists]

    def _begin_areas(self, board: Head, part: Ask, answer: Answer) -> None:
        if self._question.areas and board.options is not None and not self._question.whole:
            if part.lists or "query" in self._knows:
                self._queue(self._areas.start(board, self._sizes.items, answer, _PROJECT))
            else:
                self.why = "a scan: this host cannot filter, and areas ask for some of the board"
                self._begin_scan(board)

    def _begin_scan(self, board: Head) -> None:
        self._scan = Scan.of_all(board, self._where, self._sizes.items, self._knows)
        self._queue(self._scan.start())

    def _check_refusal(self, answer: Answer) -> None:
        """Raise where GitHub refuses the board as such: asking again would not help."""
        refused = [f for f in answer.faults_at(_PROJECT[:1]) if f.is_refusal and len(f.path) < len(_PROJECT)]
        if not refused:
            return
        address = self._question.board
        if refused[0].is_saml:
            hint = f"Authorise the token at {answer.sso}" if answer.sso else "Authorise the token for single sign-on."
            raise _error(f"{address.owner} wants a single sign-on of this token", self._where, answer, hint)
        hint = _HIDDEN_HINT.format(owner=address.owner)
        raise _error(
            f"GitHub shows this token no project {address.number} of {address.owner}", self._where, answer, hint
        )

    def _field_error(self, answer: Answer) -> InputError:
        named = answers.field_names(answer.at((*_PROJECT, "fields")))
        name = self._question.status_field
        is_there = name.lower() in {field.lower() for field, _ in named}
        what = f'the field "{name}" is no single select' if is_there else f'the board has no field "{name}"'
        selects = ", ".join(f'"{_shown(field)}"' for field, is_select in named if is_select)
        others = ", ".join(f'"{_shown(field)}"' for field, is_select in named if not is_select)
        return InputError(
            what,
            where=self._where,
            hint=f"Set status_field under [board] to one of its single selects: {selects or 'there is none'}. "
            f"Other fields: {others or 'none'}.",
        )

    def _take_page(self, part: Page, answer: Answer) -> None:
        scan = self._scan_of(part)
        if not scan.is_current(part):
            return
        more = scan.take(part, answer, (*_PROJECT, "items"))
        self._pending = [each for each in self._pending if scan.is_current(each.part)]
        pages = [page for page in more if isinstance(page, Page)]
        self._queue(self._areas.joined(pages) if part.listing else pages)

    def _advance(self) -> None:
        """Queue what the answers so far make necessary."""
        if self._head is None:
            return
        if self._head.options is None:
            self._pending = [self._composer.request(Fields())] if not self._is_asked(Fields) else []
            return
        self._queue(self._look_ups.next_parts(self._head))
        if self._scan is None and (self._held or self._question.whole):
            self._choose(self._head)
        if self._scan and self._scan.is_finished and self._held:
            self._ask_rest(self._scan)
        if not self._pending and not self._under_way and not self._held:
            self._queue(self._look_ups.closing_parts(self._question.evidence))
        self._ask_details()

    def _ask_details(self) -> None:
        """Ask what areas need to know of items as lists are read; of looked-up cards, once all are known."""
        is_scanned = self._scan is None or self._scan.is_finished
        if not self._areas.is_wanted or not is_scanned:
            return
        is_settled = not self._held and len(self._look_ups.settled) == len(self._question.references)
        known = self._look_ups.settled.values() if is_settled else ()
        told = [each for each in known if isinstance(each, Item)]
        self._queue(self._areas.next_parts(self._scan, told, self._sizes.details))

    def _is_asked(self, kind: type[Part]) -> bool:
        return any(isinstance(request.part, kind) for request in self._under_way)

    def _choose(self, board: Head) -> None:
        """Choose between look-ups of what is still held and a scan of the board, by counting documents.

        Both cost a point a document; a scan's leftovers, as many in a hundred as in the first look-ups, are looked
        up as well.
        """
        size = self._sizes.look_ups
        scan = Scan.of_all(board, self._where, self._sizes.items, self._knows)
        asked = -(-len(self._held) // size)
        settled = list(self._look_ups.settled.values())
        if not self._question.whole and not settled:
            return
        off_board = sum(not isinstance(a, Item) or a.placement is None for a in settled) / max(len(settled), 1)
        scanned = scan.requests + -(-round(len(self._held) * off_board) // size)
        if not self._question.whole and asked <= scanned:
            self.why = f"look-ups, {asked} requests: a scan would take {scanned}"
            self._queue([Ask(self._held, evidence=self._question.evidence)])
            self._held = ()
            return
        self.why = f"a scan, about {scanned} requests: look-ups would take {asked}"
        if self._question.whole:
            self.why = f"a scan, about {scan.requests} requests: the whole board is asked for"
        self._begin_scan(board)

    def _ask_rest(self, scan: Scan) -> None:
        """Settle what the scan found, and look up what it did not."""
        on_board = {name: row.item for row in scan.rows if row.item for name in _names(row.item)}
        for reference in self._held:
            if item := on_board.get(reference.key):
                self._look_ups.settle(reference.key, item)
        rest = tuple(r for r in self._held if r.key not in on_board)
        self._held = ()
        if rest:
            self._queue([Ask(rest, evidence=self._question.evidence)])

    @property
    def is_finished(self) -> bool:
        """Whether the board is known."""
        is_quiet = not self._pending and not self._under_way and not self._held
        is_scanned = self._scan.is_finished if self._scan else not self._question.whole
        return is_quiet and is_scanned and self._head is not None

    def board(self) -> Board:
        """Return the board of a finished reading; raises GitHubError where no look-up could be read at all."""
        head = self._head
        if head is None or head.options is None or not self.is_finished:
            raise BugError("a board was wanted of a reading that is not finished")
        if self._look_ups.is_all_forbidden:
            raise GitHubError(
                "this token may read none of the page's references",
                where=self._where,
                hint="Give it Issues: read and Pull requests: read of their repositories (classic: repo).",
            )
        wanted = [name.lower() for name in self._question.repositories]
        return Board(
            url=head.url,
            title=head.title,
            public=head.public,
            status_field=head.status_field,
            options=head.options,
            answers=self._answers(),
            visibility={name: seen for name in wanted if (seen := self._look_ups.visibility.get(name))},
            items=self._items(self._scan) if self._scan and self._question.whole else None,
            total=head.total,
            candidates=self._areas.candidates(self._scan),
            notes=(*self._look_ups.notes(), *self._areas.notes()),
        )

    def _answers(self) -> dict[str, Item | Unread]:
        found = self._look_ups.answers(self._question.evidence)
        return {key: self._areas.with_fields(a) if isinstance(a, Item) else a for key, a in found.items()}

    def _items(self, scan: Scan) -> tuple[Item, ...]:
        """Return the whole board; what it hides and a look-up told is in its place there."""
        answered = [a for a in self._look_ups.settled.values() if isinstance(a, Item)]
        told = {answer.placement.item_id: answer for answer in answered if answer.placement}
        rows = [row.item or told.get(row.card.placement.item_id) for row in scan.rows]
        return tuple(item for item in rows if item)


def _names(item: Item) -> tuple[str, ...]:
    """Return the reference keys by which a page can name a board's item: its own, and its card's."""
    card = item.placement.item_id if item.placement else item.id
    return (item.name if item.kind == "draft" else item.name.lower(), card)


def _shown(text: str) -> str:
    """Return GitHub's words as they can stand in a line of ours."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:300].strip()


def _error(what: str, where: str, answer: Answer, hint: str = "") -> GitHubError:
    told = f"{what} (request {answer.request_id})" if answer.request_id else what
    return GitHubError(told, where=where, hint=hint)
