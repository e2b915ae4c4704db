"""Owns the look-ups of a reading: what is known of each reference, and what must be asked again or further.

Must not know whole boards, or when a reading is finished. Trouble at a list of boards is read again; if it stays, our
board's item counts where it is among what came. Evidence that failed is dropped (docs/design.md, Errors in an answer).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from roadmap_sync.board.model import ClosingPull, Item, Unread
from roadmap_sync.reading.ask import CUT, PARTIAL, Again, AskTold, FoundCard, Settled
from roadmap_sync.reading.items import (
    NAMELESS,
    SINGLE_SELECT,
    Card,
    CardList,
    Head,
    RepositoryFacts,
    check_status,
    with_privacy,
)
from roadmap_sync.reading.parts import REREADS, Boards, Closing, Errand
from roadmap_sync.references import Reference


@dataclass(slots=True)
class _Listed:
    """An item whose boards are being read: its repository, and the cards that came so far.

    `rest` is the cursor of the next part of the list, `is_waiting` says that it was asked for.
    """

    item: Item
    home: RepositoryFacts
    cards: dict[str, Card] = field(default_factory=dict)
    cursors: set[str] = field(default_factory=set)
    rest: str | None = None
    is_whole: bool = True
    is_waiting: bool = False

    def add(self, part: CardList) -> None:
        """Take some cards. A cursor that is empty or was there before ends the list as cut."""
        self.cards |= {card.placement.item_id: card for card in part.cards}
        self.rest = part.cursor
        is_stuck = self.rest is not None and (not self.rest or self.rest in self.cursors)
        self.is_whole &= part.is_whole and not is_stuck
        if self.rest is None and len(self.cards) != part.total:
            self.is_whole = False
        if is_stuck:
            self.rest = None
        self.cursors.add(self.rest or "")


class LookUps:
    """The look-ups of one reading. `settled` holds what is known for good, by reference key."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._references = {reference.key: reference for reference in references}
        self._listed: dict[str, _Listed] = {}
        self._cards: dict[str, FoundCard] = {}
        self._again: dict[str, int] = {}
        self._due: set[str] = set()
        self._forbidden: set[str] = set()
        self._branchless: set[str] = set()
        self._pulls: dict[str, tuple[ClosingPull, ...] | None] = {}
        self._closing_asked: set[str] = set()
        self.settled: dict[str, Item | Unread] = {}
        self.visibility: dict[str, str] = {}

    def take(self, told: AskTold) -> None:
        """Take the look-ups and repositories of one answer."""
        self._branchless |= told.branchless
        self.visibility |= {key: it.visibility for key, it in told.homes.items() if isinstance(it, RepositoryFacts)}
        for key, found in told.look_ups.items():
            match found:
                case Settled(value, is_forbidden):
                    self.settle(key, value, is_forbidden=is_forbidden)
                case Again(otherwise):
                    self._read_again(key, otherwise)
                case FoundCard():
                    self._cards[key] = found
                case _:
                    self._listed[key] = _Listed(found.item, found.home)
                    self._listed[key].add(found.cards)
                    if found.closers is not None:
                        self._pulls[found.item.id] = found.closers
                        self._closing_asked.add(found.item.id)

    def _take_boards(self, told: dict[str, tuple[Item, CardList] | None]) -> tuple[()]:
        """Take the rests of some lists of boards, with the items' facts of now; what failed is cut."""
        for key, found in told.items():
            known = self._listed[key]
            known.is_waiting = False
            known.item, cards = found or (known.item, CardList())
            known.add(cards)
        return ()

    def _take_closing(self, told: dict[str, tuple[ClosingPull, ...] | None]) -> tuple[()]:
        self._pulls |= told
        return ()

    def _lose_closing(self, part: Closing) -> None:
        self._pulls |= dict.fromkeys(part.things)

    def settle(self, key: str, value: Item | Unread, *, is_forbidden: bool = False) -> None:
        """Keep what is known of a reference for good."""
        self.settled[key] = value
        self._due.discard(key)
        if is_forbidden:
            self._forbidden.add(key)

    def _read_again(self, key: str, otherwise: Unread) -> None:
        """Ask the look-up once more, or, where that was done twice, settle for what there is."""
        self._again[key] = self._again.get(key, 0) + 1
        if self._again[key] > REREADS:
            self.settle(key, otherwise, is_forbidden=True)
        else:
            self._due.add(key)

    def judge(self, board: Head) -> tuple[Reference, ...]:
        """Look for the board's cards among what came; return the references that must be looked up again."""
        for key, known in list(self._listed.items()):
            if not known.is_waiting and self._is_judged(key, known, board):
                del self._listed[key]
        for key, found in self._cards.items():
            self._judge_card(key, found, board)
        self._cards.clear()
        due = tuple(self._references[key] for key in self._references if key in self._due)
        self._due.clear()
        return due

    def _is_judged(self, key: str, known: _Listed, board: Head) -> bool:
        """Settle an item, or have it read again; False where its list of boards goes on."""
        card = next((card for card in known.cards.values() if card.project == board.id), None)
        if card and card.kind == NAMELESS:
            self._read_again(key, CUT)
        elif card:
            self.settle(key, _placed(known.item, card))
        elif known.rest is not None:
            return False
        elif known.is_whole:
            self.settle(key, known.item)
        else:
            self._read_again(key, CUT)
        return True

    def _judge_card(self, key: str, found: FoundCard, board: Head) -> None:
        if found.card.kind == NAMELESS:
            self._read_again(key, PARTIAL)
        elif found.card.project != board.id:
            self.settle(key, Unread("it is an item of another board"))
        elif isinstance(found.content, Unread):
            self.settle(key, found.content)
        else:
            self.settle(key, _placed(with_privacy(found.content, board), found.card))

    def rests(self) -> list[Errand[Any]]:
        """Return the question for the rest of those lists of boards that go on."""
        going_on = {key: it for key, it in self._listed.items() if not it.is_waiting and it.rest is not None}
        rests = tuple((key, it.item.id, it.rest or "", it.home) for key, it in going_on.items())
        for known in going_on.values():
            known.is_waiting = True
        return [Errand(Boards(rests), self._take_boards)] if rests else []

    def closing(self, evidence: Iterable[str]) -> list[Errand[Any]]:
        """Return the question for the closing pull requests of those references that are open issues."""
        found = [self.settled.get(key) for key in sorted(evidence)]
        issues = [item.id for item in found if isinstance(item, Item) and item.kind == "issue" and item.state == "OPEN"]
        ids = tuple(node for node in dict.fromkeys(issues) if node not in self._closing_asked)
        self._closing_asked |= set(ids)
        return [Errand(Closing(ids), self._take_closing, self._lose_closing)] if ids else []

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

    def notes(self) -> Iterator[str]:
        """Yield one sentence for each kind of evidence that was dropped."""
        lost = sum(pulls is None for pulls in self._pulls.values())
        if self._branchless:
            yield f"the default branch of {_count(len(self._branchless), 'repository')} could not be read"
        if lost:
            yield f"the pull requests that close {_count(lost, 'issue')} could not be read to the end"


def _placed(item: Item, card: Card) -> Item | Unread:
    """Put the card of our board on the item."""
    check_status(card)
    if card.kind not in {"", SINGLE_SELECT}:
        return Unread("its Status is of a kind that this version does not know")
    return replace(item, placement=card.placement)


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"
