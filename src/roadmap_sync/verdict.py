"""Owns the verdict of one reference (design §3): what GitHub says, judged, with the reason in a sentence.

Must not know pages, boxes or edits. (Contract sketch, being filled in.)
"""

from dataclasses import dataclass
from typing import Literal

from roadmap_sync.board import Board, Item, Unread
from roadmap_sync.rules import Level, Rules

Outcome = Literal["done", "open", "dropped", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is so, by which rule of design §3, and why. `level` is that of the note an `unknown` makes."""

    outcome: Outcome
    rule: int
    because: str
    level: Level = "attention"


def done_statuses(rules: Rules, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options that tick a box: those the config names, else those that are guessed."""
    raise NotImplementedError


def judge(answer: Item | Unread, rules: Rules, board: Board) -> Verdict:
    """Judge what GitHub said of one reference; the first rule of design §3 that fits wins."""
    raise NotImplementedError
