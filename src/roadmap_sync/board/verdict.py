"""Owns the verdict on one reference: done, open, dropped or unknown, with the reason in a sentence.

The rules are those of docs/design.md, The verdict. Must not know pages, boxes or edits. No sentence names a private
item.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.rules import GUESSED_DONE, Level, Rules

Ruling = Literal["done", "open", "dropped", "unknown"]

#: The states and reasons that we know, from https://docs.github.com/en/graphql/reference/enums. Any other is judged
#: `unknown`.
_ISSUE_STATES = frozenset(
    {
        ("OPEN", None),
        ("OPEN", "REOPENED"),
        ("CLOSED", None),
        ("CLOSED", "COMPLETED"),
        ("CLOSED", "NOT_PLANNED"),
        ("CLOSED", "DUPLICATE"),
    }
)
_PULL_STATES = frozenset({"OPEN", "CLOSED", "MERGED"})
_CANCELLED = {"NOT_PLANNED": "not planned", "DUPLICATE": "duplicate"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What GitHub's answer means, the number of the rule that says so, and the reason.

    `level` is the level of the note that an `unknown` makes.
    """

    outcome: Ruling
    rule: int
    because: str
    level: Level = "attention"


def done_statuses(rules: Rules, options: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options that tick a box: those the config names, else those that are guessed."""
    return rules.done if rules.done is not None else _guessed(options)


@cache
def _guessed(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(option for option in options if status_words(option) in GUESSED_DONE)


def is_private_page(rules: Rules, board: Board) -> bool:
    """Whether what is private may be printed: the config writes the page's repository, and GitHub calls it PRIVATE."""
    return board.visibility.get(rules.own_repository.lower()) == "PRIVATE"


def judge(answer: Item | Unread, rules: Rules, board: Board) -> Verdict:
    """Judge what GitHub said of one reference; the first rule that fits wins (docs/design.md, The verdict)."""
    if isinstance(answer, Unread):
        return Verdict("unknown", 1, answer.reason)
    if doubt := _doubt(answer, rules, board):
        return Verdict("unknown", 1, doubt)
    if is_dropped(answer):
        return Verdict("dropped", 2, _with_status(_closing(answer), answer))
    done = done_statuses(rules, board.options)
    if answer.status and done:
        return _by_status(answer, answer.status, answer.status in done)
    return _by_state(answer)


def is_dropped(item: Item) -> bool:
    """Whether the work was given up: closed as not planned or duplicate, or closed without a merge."""
    if item.kind == "pull_request":
        return item.state == "CLOSED"
    return item.kind == "issue" and item.state == "CLOSED" and item.state_reason in _CANCELLED


def _doubt(item: Item, rules: Rules, board: Board) -> str:
    """Return why the item is `unknown`; empty where it can be judged."""
    if item.is_private and not rules.allow_private and not is_private_page(rules, board):
        return "private, and the page is public"
    if item.kind == "issue" and (item.state, item.state_reason) not in _ISSUE_STATES:
        return f"its state is {item.state} {item.state_reason or ''}".rstrip() + ", which this version does not know"
    if item.kind == "pull_request" and item.state not in _PULL_STATES:
        return f"its state is {item.state}, which this version does not know"
    if item.placement is None and not item.boards_complete:
        return "the list of boards it is on could not be read to its end"
    return ""


def _by_status(item: Item, status: str, is_done: bool) -> Verdict:  # noqa: FBT001 - the one question it turns on
    said = f'Status "{status}"'
    if not is_done:
        return Verdict("open", 4, said)
    if item.kind == "pull_request" and item.state == "OPEN":
        return Verdict("unknown", 3, f"{said}, but the pull request is still open")
    if item.kind == "pull_request" and _is_elsewhere(item):
        return Verdict("unknown", 3, f"{said}, but {_closing(item)}")
    if item.kind == "issue" and item.state == "OPEN" and item.state_reason == "REOPENED":
        return Verdict("unknown", 3, f"{said}, but the issue was reopened")
    return Verdict("done", 3, f"{said}, {_closing(item)}" if item.state in {"MERGED", "CLOSED"} else said)


def _by_state(item: Item) -> Verdict:
    match item.kind, item.state:
        case "pull_request", "MERGED":
            return Verdict("unknown" if _is_elsewhere(item) else "done", 5, _closing(item))
        case "pull_request", _:
            return Verdict("open", 5, "the pull request is open")
        case "issue", "CLOSED":
            return Verdict("done", 6, _closing(item))
        case "issue", _:
            return Verdict("open", 6, "reopened" if item.state_reason == "REOPENED" else "the issue is open")
    return Verdict(
        "unknown", 7, "a draft with an empty Status" if item.placement else "a draft of another board", "info"
    )


def _is_elsewhere(item: Item) -> bool:
    """Whether a merged pull request went to another branch than its repository's default one."""
    return item.state == "MERGED" and item.base is not None and item.base != item.default_branch


def _closing(item: Item) -> str:
    """Return how and when an item ended: `merged 2024-06-26`, `closed as not planned 2024-06-26`."""
    if item.state == "MERGED":
        words, day = "merged", item.merged_at
    elif item.kind == "pull_request":
        words, day = "closed without a merge", item.closed_at
    else:
        reason = _CANCELLED.get(item.state_reason or "", "completed" if item.state_reason else "")
        words, day = f"closed as {reason}" if reason else "closed", item.closed_at
    dated = f"{words} {day[:10]}" if day else words
    return f"{dated} into {item.base}, not into the default branch" if _is_elsewhere(item) else dated


def _with_status(words: str, item: Item) -> str:
    return f'{words}, Status "{item.status}"' if item.status else words


def status_words(option: str) -> str:
    """Return the words that a Status is compared by: without case, emoji and punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", option).casefold().split())
