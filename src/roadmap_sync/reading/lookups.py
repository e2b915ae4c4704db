"""Owns the look-ups of a reading: what GitHub said of each reference, and what must be asked again or further.

Must not know whole boards, or when a reading is finished. The rules are those of design §8: a refusal or null at
a look-up, or at the repository around it, leaves its references unread; trouble at a list of boards is read
again, and if it stays our board's item counts where it is among what came; evidence that failed is dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from roadmap_sync.board.model import ClosingPull, Item, Unread
from roadmap_sync.reading import answers
from roadmap_sync.reading.answers import Answer, Card, CardList, Fault, Head, Repository
from roadmap_sync.reading.documents import Ask, Boards, Closing, Part, Path, Request
from roadmap_sync.references import Reference

#: How often one thing is read again before it counts as unreadable.
REREADS = 2

_CLOSERS = "closedByPullRequestsReferences"
_CUT = Unread("its list of boards could not be read to the end")
_NULL = Unread("GitHub answered nothing for it")
_PARTIAL = Unread("GitHub could not say all of it")


@dataclass(slots=True)
class _Known:
    """What one look-up brought so far: the item without its card, and the boards it is on."""

    item: Item
    home: Repository
    cards: dict[str, Card] = field(default_factory=dict)
    cursors: set[str] = field(default_factory=set)
    rest: str | None = None
    is_whole: bool = True
    is_waiting: bool = False

    def add(self, part: CardList) -> None:
        """Take a part of the list; a cursor that repeats or is empty ends it as cut."""
        self.cards |= {card.placement.item_id: card for card in part.cards}
        self.rest = part.cursor
        is_stuck = self.rest is not None and (not self.rest or self.rest in self.cursors)
        self.is_whole &= part.is_whole and not is_stuck
        if self.rest is None and len(self.cards) != part.total:
            self.is_whole = False
        if is_stuck:
            self.rest = None
        self.cursors.add(self.rest or "")

    def on(self, project: str) -> Card | None:
        """Return the item's card on our board, where it is among what came."""
        return next((card for card in self.cards.values() if card.project == project), None)


class LookUps:
    """The look-ups of one reading."""

    def __init__(self, references: Iterable[Reference], where: str) -> None:
        self._references = {reference.key: reference for reference in references}
        self._where = where
        self._known: dict[str, _Known] = {}
        self._drafts: dict[str, object] = {}
        self._again: dict[str, int] = {}
        self._due: set[str] = set()
        self._forbidden: set[str] = set()
        self._branchless: set[str] = set()
        self._pulls: dict[str, tuple[ClosingPull, ...] | None] = {}
        self._closing_asked: set[str] = set()
        self.settled: dict[str, Item | Unread] = {}
        self.visibility: dict[str, str] = {}

    def useless(self, request: Request, answer: Answer) -> Fault | None:
        """Return the first fault that makes the look-ups of this answer useless; None if there is none."""
        tops = {path[0] for path in (*request.places, *request.repositories)}
        for fault in answer.faults:
            if fault.path[:1] == ("repositoryOwner",) or fault.path[:1] == ("nodes",):
                continue
            if not fault.path or fault.path[0] not in tops:
                return fault
            if not fault.is_refusal and self._is_whole_look_up(request, fault.path):
                return fault
        return None

    @staticmethod
    def _is_whole_look_up(request: Request, path: Path) -> bool:
        is_repository_fact = len(path) == 2 and path[:1] in request.repositories and path[1] != "defaultBranchRef"
        return len(path) == 1 or path in request.places or is_repository_fact

    def take_ask(self, request: Request, answer: Answer) -> None:
        """Take the look-ups and repositories of one answer that is usable."""
        homes = {path: self._home(path, key, answer) for path, key in request.repositories.items()}
        for path, key in request.places.items():
            if len(path) == 1:
                self._take_draft(path, key, answer)
            else:
                self._take(path, key, answer, homes[path[:1]])

    def _home(self, path: Path, key: str, answer: Answer) -> Repository | Unread:
        if refusal := self._refusal(answer, path, f"repository {key}"):
            return refusal
        home = answers.repository(answer.at(path))
        if home is None:
            return _NULL
        self.visibility[key] = home.visibility
        if answer.faults_at((*path, "defaultBranchRef")):
            self._branchless.add(key)
        return home

    @staticmethod
    def _refusal(answer: Answer, path: Path, what: str) -> Unread | None:
        """Return why GitHub refused what stands at the path, or one of its own facts; None if it did not."""
        for fault in answer.faults_at(path):
            if not fault.is_refusal or (fault.path and answer.at(path) is not None):
                continue
            if fault.is_saml:
                return Unread("its organisation wants a single sign-on of this token")
            if fault.type == "FORBIDDEN":
                return Unread("this token may not read it")
            return Unread(f"GitHub knows no {what}, or hides it from this token")
        return None

    def _take(self, path: Path, key: str, answer: Answer, home: Repository | Unread) -> None:
        faults, below = _without_closers(answer.faults_at(path)), answer.faults_at((*path, "projectItems"))
        if isinstance(home, Unread):
            self.settle(key, home, is_forbidden=self._is_forbidden(answer, path[:1]))
        elif below and answer.at(path) is None:
            self._read_again(key, _CUT)
        elif refusal := self._refusal(answer, path, "such issue or pull request"):
            self.settle(key, refusal, is_forbidden=self._is_forbidden(answer, path))
        elif len(below) != len(faults):
            self._read_again(key, _PARTIAL)
        elif answer.at(path) is None:
            self.settle(key, _NULL, is_forbidden=True)
        else:
            self._take_item(key, answer, path, home, below)

    @staticmethod
    def _is_forbidden(answer: Answer, path: Path) -> bool:
        """Whether this is a fault of the token rather than a thing that is not there."""
        return not any(fault.type == "NOT_FOUND" for fault in answer.faults_at(path))

    def _take_item(self, key: str, answer: Answer, path: Path, home: Repository, below: Sequence[Fault]) -> None:
        raw = answer.at(path)
        item = answers.item(raw, home)
        if isinstance(item, Unread):
            self.settle(key, item, is_forbidden=False)
            return
        self._known[key] = _Known(item, home)
        self._known[key].add(answers.card_list(answer.at((*path, "projectItems")), below))
        self._take_closers(item, answer, (*path, _CLOSERS))

    def _take_closers(self, item: Item, answer: Answer, path: Path) -> None:
        """Take the closing pull requests that came with an open issue; if not all did, they are asked apart."""
        pulls = answers.closing_pulls(answer.at(path))
        if pulls is not None and item.state == "OPEN" and not answer.faults_at(path):
            self._pulls[item.id] = pulls
            self._closing_asked.add(item.id)

    def _take_draft(self, path: Path, key: str, answer: Answer) -> None:
        faults = answer.faults_at(path)
        if refusal := self._refusal(answer, path, "such item"):
            self.settle(key, refusal, is_forbidden=self._is_forbidden(answer, path))
        elif any(fault.path[:1] != ("content",) or not fault.is_refusal for fault in faults):
            self._read_again(key, _PARTIAL)
        elif answer.at(path) is None:
            self.settle(key, _NULL, is_forbidden=True)
        else:
            self._drafts[key] = answer.at(path)

    def take_boards(self, request: Request, answer: Answer) -> None:
        """Take the rests of some lists of boards, with the items' facts of now; what failed is cut."""
        for path, key in request.places.items():
            known, boards = self._known[key], (*path, "projectItems")
            known.is_waiting = False
            item, below = answers.item(answer.at(path), known.home), answer.faults_at(boards)
            if isinstance(item, Unread) or item.id != known.item.id or len(below) != len(answer.faults_at(path)):
                known.add(CardList())
            else:
                known.item = item
                known.add(answers.card_list(answer.at(boards), below))

    def take_closing(self, part: Closing, answer: Answer) -> None:
        """Take closing pull requests; what failed or is not whole is no evidence."""
        for index, node in enumerate(part.ids):
            path: Path = ("nodes", index)
            pulls = answers.closing_pulls(answer.at((*path, _CLOSERS)))
            is_other = bool(answer.faults_at(path)) or answer.at((*path, "id")) != node
            self._pulls[node] = None if is_other else pulls

    def settle(self, key: str, value: Item | Unread, *, is_forbidden: bool = False) -> None:
        """Keep what is known of a reference for good."""
        self.settled[key] = value
        self._due.discard(key)
        if is_forbidden:
            self._forbidden.add(key)

    def _read_again(self, key: str, otherwise: Unread) -> None:
        """Ask the look-up once more, or, where that was done, settle for what there is."""
        self._again[key] = self._again.get(key, 0) + 1
        if self._again[key] > REREADS:
            self.settle(key, otherwise, is_forbidden=True)
        else:
            self._due.add(key)

    def next_parts(self, board: Head) -> list[Part]:
        """Judge what came against the board, and return what must be asked again or further."""
        rests = []
        for key, known in list(self._known.items()):
            if known.is_waiting:
                continue
            card = known.on(board.id)
            if card and card.kind == answers.NAMELESS:
                self._read_again(key, _CUT)
            elif card:
                self.settle(key, _placed(known.item, card, self._where))
            elif known.rest is not None:
                rests.append((key, known.item.id, known.rest))
                known.is_waiting = True
                continue
            elif known.is_whole:
                self.settle(key, known.item)
            else:
                self._read_again(key, _CUT)
            del self._known[key]
        self._judge_drafts(board)
        due = tuple(self._references[key] for key in self._references if key in self._due)
        self._due.clear()
        again: list[Part] = [Ask(due)] if due else []
        return [*again, Boards(tuple(rests))] if rests else again

    def _judge_drafts(self, board: Head) -> None:
        for key, raw in self._drafts.items():
            drafted = answers.draft(raw, board.id, is_private=not board.public)
            if drafted is None or drafted[0].kind == answers.NAMELESS:
                self._read_again(key, _PARTIAL)
            elif isinstance(drafted[1], Unread):
                self.settle(key, drafted[1])
            else:
                self.settle(key, _placed(drafted[1], drafted[0], self._where))
        self._drafts.clear()

    def closing_parts(self, evidence: Iterable[str]) -> list[Part]:
        """Return what must be asked of the closing pull requests of those keys that are open issues."""
        items = [self.settled.get(key) for key in sorted(evidence)]
        issues = [item.id for item in items if isinstance(item, Item) and item.kind == "issue" and item.state == "OPEN"]
        ids = tuple(node for node in dict.fromkeys(issues) if node not in self._closing_asked)
        self._closing_asked |= set(ids)
        return [Closing(ids)] if ids else []

    @property
    def is_all_forbidden(self) -> bool:
        """Whether there were look-ups and each of them was forbidden or unreadable."""
        return bool(self._references) and set(self._references) == self._forbidden

    def answers(self, evidence: frozenset[str]) -> dict[str, Item | Unread]:
        """Return what is known of each reference, in the question's order, with its evidence."""
        found: dict[str, Item | Unread] = {}
        for key in self._references:
            value = self.settled[key]
            if isinstance(value, Item) and key in evidence and value.state == "OPEN":
                value = replace(value, closing=self._pulls.get(value.id))
            found[key] = value
        return found

    def notes(self) -> tuple[str, ...]:
        """Return one folded sentence for each kind of evidence that was dropped."""
        found = []
        lost = sum(pulls is None for pulls in self._pulls.values())
        if self._branchless:
            found.append(f"the default branch of {_count(len(self._branchless), 'repository')} could not be read")
        if lost:
            found.append(f"the pull requests that close {_count(lost, 'issue')} could not be read to the end")
        return tuple(found)


def _without_closers(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults that are not at an issue's closing pull requests: those are evidence, asked again apart."""
    return [fault for fault in faults if fault.path[:1] != (_CLOSERS,)]


def _placed(item: Item, card: Card, where: str) -> Item | Unread:
    """Put the card of our board on the item."""
    answers.check_status(card, where)
    if card.kind not in {"", answers.SINGLE_SELECT}:
        return Unread("its Status is of a kind that this version does not know")
    return replace(item, placement=card.placement)


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
