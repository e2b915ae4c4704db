"""Owns branches, commits and merges of a stand-in repository; must not know GraphQL or GitHub's errors.

A commit holds its whole tree, path to bytes; a `Link` is a file that leads to another. Oids are the same in every
run that does the same in the same order.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Self

DAY = "2026-01-02T03:04:05Z"
Hunk = tuple[int, int, list[bytes]]


class Link(bytes):
    """A symbolic link, its bytes where it leads to: `Link("../ROADMAP.md")`. No file of the same bytes equals it."""

    def __new__(cls, target: str) -> Self:
        """Make a link."""
        return super().__new__(cls, target.encode())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Link) and bytes(self) == bytes(other)

    __hash__ = bytes.__hash__


class ConflictError(Exception):
    """Two sides changed the same lines of a file."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `author` is a login, `serial` its place in time, `signed` whether its signature is verified."""

    oid: str
    parents: tuple[str, ...]
    files: Mapping[str, bytes]
    message: str
    author: str
    serial: int
    date: str = DAY
    signed: bool = True


@dataclass
class Git:
    """The commits and branches of one repository; it begins with an empty commit that every branch may start from."""

    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = self._add((), {}, "Start", "somebody")

    def _add(
        self,
        parents: tuple[str, ...],
        files: Mapping[str, bytes],
        message: str,
        author: str,
        date: str = DAY,
        *,
        signed: bool = True,
    ) -> Commit:
        serial = len(self.commits)
        seed = repr((parents, sorted(files.items()), message, author, serial))
        oid = hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
        self.commits[oid] = Commit(oid, parents, files, message, author, serial, date, signed)
        return self.commits[oid]

    def head(self, branch: str) -> Commit:
        """Return the last commit of a branch; KeyError where there is none."""
        return self.commits[self.branches[branch]]

    def branch(self, name: str, start: str = "") -> Commit:
        """Make a branch at an oid, or at the empty commit; one that is there stays as it is."""
        self.branches.setdefault(name, start or self.root.oid)
        return self.head(name)

    def commit(
        self,
        branch: str,
        files: Mapping[str, bytes | str],
        message: str = "Edit",
        *,
        author: str = "somebody",
        delete: Iterable[str] = (),
        date: str = DAY,
        signed: bool = True,
    ) -> Commit:
        """Commit whole files to a branch, made where it is not there yet."""
        parent = self.branch(branch)
        gone = set(delete)
        kept = {path: data for path, data in parent.files.items() if path not in gone}
        new = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
        made = self._add((parent.oid,), kept | new, message, author, date, signed=signed)
        self.branches[branch] = made.oid
        return made

    def rename(self, branch: str, name: str) -> None:
        """Give a branch another name; the old one is nobody's."""
        self.branches[name] = self.branches.pop(branch)

    def read(self, branch: str, path: str) -> bytes:
        """Return a file as a branch has it; KeyError where it has none."""
        return self.head(branch).files[path]

    def history(self, oid: str, path: str = "") -> Iterator[Commit]:
        """Yield a commit and what came before it, newest first; with a path those that changed it."""
        for commit in sorted(self._ancestors(oid), key=lambda c: -c.serial):
            before = [self.commits[parent].files.get(path) for parent in commit.parents]
            if not path or (commit.files.get(path) not in before and (path in commit.files or any(before))):
                yield commit

    def _ancestors(self, oid: str) -> list[Commit]:
        seen: dict[str, Commit] = {}
        waiting = [oid]
        while waiting:
            commit = self.commits[waiting.pop()]
            if commit.oid not in seen:
                seen[commit.oid] = commit
                waiting += commit.parents
        return list(seen.values())

    def ahead(self, base: str, head: str) -> list[Commit]:
        """Return the commits of `head` that `base` lacks, oldest first; both are oids."""
        known = {commit.oid for commit in self._ancestors(base)}
        return sorted((c for c in self._ancestors(head) if c.oid not in known), key=lambda c: c.serial)

    def merged(self, ours: str, theirs: str) -> dict[str, bytes]:
        """Return the files of two oids merged; raises ConflictError."""
        known = {commit.oid for commit in self._ancestors(ours)}
        base = max((c for c in self._ancestors(theirs) if c.oid in known), key=lambda c: c.serial).files
        left, right = self.commits[ours].files, self.commits[theirs].files
        merged = {path: _merged_file(base.get(path), left.get(path), right.get(path)) for path in {*left, *right}}
        return {path: data for path, data in merged.items() if data is not None}

    def merge(self, branch: str, oid: str, message: str = "", *, author: str = "somebody", **more: Any) -> Commit:
        """Merge a commit into a branch; raises ConflictError. `more` are the commit's `date` and `signed`."""
        ours = self.head(branch)
        files = self.merged(ours.oid, oid)
        made = self._add((ours.oid, oid), files, message or f"Merge {oid[:7]} into {branch}", author, **more)
        self.branches[branch] = made.oid
        return made


def _merged_file(base: bytes | None, left: bytes | None, right: bytes | None) -> bytes | None:
    if right in (base, left):
        return left
    if left == base:
        return right
    if base is None or left is None or right is None:
        raise ConflictError
    return b"".join(_merged_lines(base.splitlines(True), left.splitlines(True), right.splitlines(True)))


def _hunks(base: list[bytes], changed: list[bytes]) -> list[Hunk]:
    matcher = SequenceMatcher(None, base, changed, autojunk=False)
    return [(i, j, changed[k:m]) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]


def _merged_lines(base: list[bytes], left: list[bytes], right: list[bytes]) -> list[bytes]:
    """Apply both sides' hunks; hunks that overlap or touch are a conflict, as git has it, unless they are equal."""
    ours = _hunks(base, left)
    theirs = [hunk for hunk in _hunks(base, right) if hunk not in ours]
    for start, stop, _ in ours:
        if any(start <= other_stop and other_start <= stop for other_start, other_stop, _ in theirs):
            raise ConflictError
    made: list[bytes] = []
    position = 0
    for start, stop, lines in sorted([*ours, *theirs], key=lambda hunk: hunk[:2]):
        made += base[position:start] + lines
        position = stop
    return made + base[position:]
