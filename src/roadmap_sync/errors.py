"""Owns the errors that a person can meet, each with its exit code; must not know who raises them.

    RoadmapSyncError
    ├── InputError      2   the command line, the config, the page, the snapshot, a missing token
    ├── GitHubError     3   what GitHub answered, or that it did not
    ├── RefusedError    4   a guard, a failed proof, a page or plan that has changed
    └── BugError       70   a bug in roadmap-sync

A message is one line `where: what`; `hint` is the way out, on an indented line of its own.
"""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes (docs/design.md, Exit codes). Scripts rely on them."""

    OK = 0
    DIFFERS = 1
    INPUT = 2
    GITHUB = 3
    REFUSED = 4
    BUG = 70
    INTERRUPTED = 130


#: Of several pages the worst exit code wins, in this order.
_WORST_FIRST = (Exit.BUG, Exit.INTERRUPTED, Exit.GITHUB, Exit.INPUT, Exit.REFUSED, Exit.DIFFERS, Exit.OK)


def worst(codes: list[Exit]) -> Exit:
    """Return the exit code of a run with several pages; `OK` for none."""
    return min(codes, key=_WORST_FIRST.index, default=Exit.OK)


def quoted(words: Iterable[str]) -> str:
    """Return words as a message lists them: each in quotes, with commas between."""
    return ", ".join(f'"{word}"' for word in words)


class RoadmapSyncError(Exception):
    """What went wrong, where, and the way out; `exit` is the process's exit code."""

    exit = Exit.BUG

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Return the message as a person sees it, without the program's name."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.hint}" if self.hint else head


class InputError(RoadmapSyncError):
    """Something the person gave is wrong: exit 2."""

    exit = Exit.INPUT


class GitHubError(RoadmapSyncError):
    """GitHub refused, failed, or answered something that does not add up: exit 3."""

    exit = Exit.GITHUB


class RefusedError(RoadmapSyncError):
    """We will not write: a proof failed, or the page or plan has changed meanwhile: exit 4."""

    exit = Exit.REFUSED


class BugError(RoadmapSyncError):
    """A promise inside the program broke: exit 70."""

    exit = Exit.BUG
