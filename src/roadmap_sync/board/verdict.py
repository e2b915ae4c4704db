"""Owns the verdict on one reference: done, open, dropped or unknown, with the reason in a sentence.

The rules are those of docs/design.md, The verdict. Must not know pages, boxes or edits. No sentence names a private
item.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from roadmap_sync.board.model import Board, Item, Unread
from roadmap_sync.rules import GUESSED_DONE, Level, Rules, composed

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

    `level` is the level of the note that an `unknown` makes. `is_guess` tells that the Status sounds done and nothing
    else says so: the item is taken for open.
    """

    outcome: Ruling
    rule: int
    because: str
    level: Level = "attention"
    is_guess: bool = False


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
        return Verdict("dropped", 2, _with_status(_closing(answer, rules), answer))
    if label := _dropped_label(answer, rules):
        return Verdict("dropped", 2, _with_status(f'{_closing(answer, rules)}, label "{label}"', answer))
    done = done_statuses(rules, board.options)
    if answer.status and done:
        return _by_status(answer, answer.status, rules, is_done=answer.status in done)
    return _by_state(answer, rules)


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
    return ""


def _dropped_label(item: Item, rules: Rules) -> str:
    """Return the label of a closed issue that says it was given up; empty where none does."""
    if item.state != "CLOSED":  # a closed pull request was given up anyway
        return ""
    wanted = {label.casefold() for label in rules.dropped_labels}
    return next((label for label in item.labels if composed(label).casefold() in wanted), "")


def _by_status(item: Item, status: str, rules: Rules, *, is_done: bool) -> Verdict:
    said = f'Status "{status}"'
    if not is_done:
        return Verdict("open", 4, said)
    if _is_elsewhere(item, rules) and not (item.is_base_gone and rules.done is not None):
        return Verdict("unknown", 3, f"{said}, but {_closing(item, rules)}")
    if item.state in {"MERGED", "CLOSED"}:
        return Verdict("done", 3, f"{said}, {_closing(item, rules)}")
    if rules.done is None:
        return Verdict("open", 3, f"{said}, which sounds done, but {_still(item)}", is_guess=True)
    if item.kind == "pull_request" or item.state_reason == "REOPENED":
        return Verdict("unknown", 3, f"{said}, but {_still(item)}")
    return Verdict("done", 3, said)


def _still(item: Item) -> str:
    """Return what an item is that has not ended."""
    if item.kind == "pull_request":
        return "the pull request is still open"
    if item.kind == "draft":
        return "a draft cannot be closed"
    return "the issue was reopened" if item.state_reason == "REOPENED" else "the issue is still open"


def _by_state(item: Item, rules: Rules) -> Verdict:
    match item.kind, item.state:
        case "pull_request", "MERGED":
            return Verdict("unknown" if _is_elsewhere(item, rules) else "done", 5, _closing(item, rules))
        case "pull_request", _:
            return Verdict("open", 5, "the pull request is open")
        case "issue", "CLOSED":
            return Verdict("done", 6, _closing(item, rules))
        case "issue", _:
            return Verdict("open", 6, "reopened" if item.state_reason == "REOPENED" else "the issue is open")
    return Verdict(
        "unknown", 7, "a draft with an empty Status" if item.placement else "a draft of another board", "info"
    )


def _is_elsewhere(item: Item, rules: Rules) -> bool:
    """Whether a merged pull request went to a branch whose merges do not count, or nobody knows."""
    counted = {item.default_branch, *rules.branches}
    return item.state == "MERGED" and item.base is not None and item.base not in counted


def _closing(item: Item, rules: Rules) -> str:
    """Return how and when an item ended: `merged 2024-06-26`, `closed as not planned 2024-06-26`."""
    if item.state == "MERGED":
        words, day = "merged", item.merged_at
    elif item.kind == "pull_request":
        words, day = "closed without a merge", item.closed_at
    else:
        reason = _CANCELLED.get(item.state_reason or "", "completed" if item.state_reason else "")
        words, day = f"closed as {reason}" if reason else "closed", item.closed_at
    return f"{words} {day[:10]}{_where(item, rules)}" if day else f"{words}{_where(item, rules)}"


def _where(item: Item, rules: Rules) -> str:
    """Return where a pull request was merged, if not into the default branch."""
    if item.state != "MERGED" or item.base is None or item.base == item.default_branch:
        return ""
    if item.base in rules.branches:
        return f" into {item.base}"
    if item.default_branch is None:
        return f" into {item.base}; the repository's default branch could not be read"
    if item.is_base_gone:
        return f" into {item.base}, a branch that is no longer there"
    return f" into {item.base}, not into the default branch"


def _with_status(words: str, item: Item) -> str:
    return f'{words}, Status "{item.status}"' if item.status else words


def status_words(option: str) -> str:
    """Return the words that a Status is compared by: without case, emoji and punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", composed(option)).casefold().split())
