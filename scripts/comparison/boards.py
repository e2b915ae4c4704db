"""Owns boards made at random for the references of a page, as snapshots; must not know configs or commands.

Everything that may be so of an item comes up: what it is, how it ended, its Status, archived, private, unread, absent,
renamed, two names of one thing. The same page and seed give the same board.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

URL = "https://github.com/orgs/acme/projects/3"

#: The options of a board's Status field, from idea to done; of the last nobody could guess what is done.
COLUMNS = (
    ("Ideas", "Backlog", "Working on it", "Coming soon", "Shipped"),
    ("📋 Todo", "In progress", "In review", "✅ Done"),
    ("Sooner", "Later", "Behind us"),
)
LABELS = ("core", "docs", "bug", "good first issue", "état")

_OWNER, _REPO = r"[A-Za-z0-9][A-Za-z0-9_-]*", r"[A-Za-z0-9._-]+"
_NAMED = re.compile(
    rf"github\.com/({_OWNER})/({_REPO})/(?:issues|pull)/(\d{{1,9}})(?!\d)"
    rf"|(?<![\w/.#@-])({_OWNER})/({_REPO})#(\d{{1,9}})(?![\w-])"
    r"|(?<![\w/&#{.-])#(\d{1,9})(?![\w-])"
    r"|(PVTI_[A-Za-z0-9_-]+)"
)
_TASK = re.compile(r"^[ \t>]*(?:[-+*]|\d+[.)])[ \t]+\[.\][ \t]+(.+)$", re.MULTILINE)
_MARKUP = re.compile(r"\]\([^)]*\)|<!--.*?-->|https?://\S+|[\[\]*_`~]")

#: What an item is and how it ended, as keys of a snapshot, and how often.
_ENDS: tuple[tuple[int, dict[str, Any]], ...] = (
    (20, {"state": "OPEN"}),
    (5, {"state": "OPEN", "reason": "REOPENED"}),
    (20, {"state": "CLOSED", "reason": "COMPLETED"}),
    (8, {"state": "CLOSED", "reason": "NOT_PLANNED"}),
    (4, {"state": "CLOSED", "reason": "DUPLICATE"}),
    (4, {"state": "CLOSED"}),
    (2, {"state": "CLOSED", "reason": "PAUSED"}),
    (5, {"state": "OPEN", "kind": "pull_request"}),
    (15, {"state": "MERGED", "kind": "pull_request", "base": "main", "default_branch": "main"}),
    (4, {"state": "MERGED", "kind": "pull_request", "base": "v2", "default_branch": "main"}),
    (3, {"state": "MERGED", "kind": "pull_request"}),
    (4, {"state": "CLOSED", "kind": "pull_request", "base": "main", "default_branch": "main"}),
    (1, {"state": "QUEUED", "kind": "pull_request"}),
)
_DAYS = ("2023-12-31T23:59:59Z", "2024-06-26T10:00:00Z", "2025-02-28T08:30:00Z")
_ODD = (
    "@octo fixes #7, GH-9",
    "a [b](https://example.com) ![c](d)",
    "<img src=x> & | **bold** `code`",
    "日本語 \u202eback",
    "bell\x07 and \x1b[31mred",
    "--> </details> ```",
    "::error::no",
    "words " * 40,
    "",
)
_UNREAD = ("it was not found", "this token may not see it")


def references(data: bytes, repository: str) -> list[str]:
    """Return what a page may refer to, each once, in order; `#7` is of its own repository."""
    found: dict[str, str] = {}
    for match in _NAMED.finditer(data.decode(errors="replace")):
        name = _name(match, repository)
        if name:
            found.setdefault(name if match[8] else name.lower(), name)
    return [*found.values()]


def _name(match: re.Match[str], repository: str) -> str:
    """Return `owner/repo#N` or a draft's id; empty for what is no issue's name."""
    if match[8]:
        return match[8]
    owner, repo = match[1] or match[4], match[2] or match[5]
    home = f"{owner}/{repo}" if owner else repository
    number = int(match[3] or match[6] or match[7])
    return f"{home}#{number}" if number and repo not in {".", ".."} else ""


def titles(data: bytes) -> list[str]:
    """Return the words of a page's task items: what a board may call them."""
    bare = (_MARKUP.sub("", text).strip() for text in _TASK.findall(data.decode(errors="replace")))
    return [text for text in bare if text]


def board(data: bytes, repository: str, seed: str, *, more: int = 12) -> dict[str, Any]:
    """Return a snapshot for a page; besides its references the board has some items `more` that it lacks."""
    maker = _Maker(random.Random(seed), titles(data), repository)  # noqa: S311 - nothing secret hangs on it
    return maker.snapshot(references(data, repository), more)


class _Maker:
    """One board in the making; `mood` is how likely things are done, for the whole board."""

    def __init__(self, choose: random.Random, words: Sequence[str], repository: str) -> None:
        self._choose = choose
        self._words = words
        self._repository = repository
        self._names: Sequence[str] = ()
        self._columns = choose.choices(COLUMNS, (6, 3, 1))[0]
        self._mood = choose.choice((0.2, 0.5, 0.95))

    def _happens(self, percent: int) -> bool:
        return self._choose.random() * 100 < percent

    def snapshot(self, names: Sequence[str], more: int) -> dict[str, Any]:
        """Return the snapshot of a board that knows most of these names."""
        added = [f"{self._repository}#{900_000 + number}" for number in range(more)]
        self._names = [*names, *added]
        entries = [*self._known(names), *map(self._added, added), *map(self._draft, ("PVTI_rnd1", "PVTI_rnd2"))]
        self._choose.shuffle(entries)
        return {
            "version": 1,
            "board": self._head(),
            "repositories": self._repositories(names),
            **({"notes": ["the board was cut short"]} if self._happens(5) else {}),
            "items": entries,
        }

    def _head(self) -> dict[str, Any]:
        is_public = self._choose.choice((True, True, False, None))
        told = {"public": is_public} if is_public is not None else {}
        return {"url": URL, "title": "Rocket", "options": [*self._columns], **told}

    def _repositories(self, names: Sequence[str]) -> dict[str, str]:
        homes = dict.fromkeys([self._repository, *(name.partition("#")[0] for name in names if "#" in name)])
        return {home: self._choose.choices(("PUBLIC", "PRIVATE", "INTERNAL"), (8, 1, 1))[0] for home in homes}

    def _known(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Return the entries for a page's references: some absent, some two names of one thing."""
        entries: list[dict[str, Any]] = []
        for name in names:
            twins = [one for one in entries[-3:] if "state" in one]
            if self._happens(4):
                continue
            if name.startswith("PVTI_"):
                entries.append(self._draft(name))
            elif twins and self._happens(8):
                twins[0].setdefault("also", []).append(name)
            else:
                entries.append(self._entry(name))
        return entries

    def _entry(self, name: str) -> dict[str, Any]:
        if self._happens(5):
            return {"reference": name, "unread": self._choose.choice(_UNREAD)}
        entry = {"reference": name, "title": self._title(), **self._end(), **self._place()}
        if self._happens(6):
            entry |= {"reference": f"new-{name}", "also": [name]}
        if self._happens(5):
            entry["private"] = True
        if entry["state"] == "OPEN" and self._happens(35):
            entry["closing"] = [self._closing() for _ in range(self._choose.randint(1, 3))]
        if self._happens(60):
            entry["facts"] = self._facts()
        return entry

    def _end(self) -> dict[str, Any]:
        """Return what an item is and how it ended, with the day; mostly well, where the mood is good."""
        weights = [weight * (9 if _is_well(end) and self._mood > 0.9 else 1) for weight, end in _ENDS]
        end = dict(self._choose.choices([end for _, end in _ENDS], weights)[0])
        if end["state"] != "OPEN" and self._happens(90):
            end["merged" if end["state"] == "MERGED" else "closed"] = self._choose.choice(_DAYS)
        return end

    def _place(self, *, is_early: bool = False) -> dict[str, Any]:
        """Return an item's place on the board: none, one without a Status, or one with."""
        if not is_early and self._happens(25):
            return {}
        if self._happens(7):
            return {"status": None}
        is_late = not is_early and self._choose.random() < self._mood
        status = self._choose.choice(self._columns[-2:] if is_late else self._columns[:2])
        return {"status": status, **({"archived": True} if self._happens(10) else {})}

    def _added(self, name: str) -> dict[str, Any]:
        """Return an item that the page lacks; an area may want it."""
        entry = {**self._entry(name), **self._place(is_early=True)}
        return {"reference": name, "title": self._title(), "state": "OPEN", **entry, "facts": self._facts()}

    def _draft(self, name: str) -> dict[str, Any]:
        status = self._choose.choice((None, *self._columns))
        return {"reference": name, "title": self._title(), "kind": "draft", "status": status}

    def _title(self) -> str:
        if self._words and self._happens(40):
            return self._choose.choice(self._words)
        if self._happens(15):
            return self._choose.choice(_ODD)
        nouns = ("harbour", "tide", "buoy", "chart", "signal", "lock", "gauge")
        return f"Make the {self._choose.choice(nouns)} {self._choose.choice(nouns)} better"

    def _closing(self) -> dict[str, Any]:
        state = self._choose.choices(("MERGED", "OPEN", "CLOSED"), (6, 2, 1))[0]
        name = f"{self._repository}#{self._choose.randint(1, 99)}"
        return {"reference": name, "state": state, **({"private": True} if self._happens(10) else {})}

    def _facts(self) -> dict[str, Any]:
        """Return what areas may ask of an item; a key in three is left out."""
        one, some = self._choose.choice, self._choose.sample
        facts = {
            "labels": some(LABELS, self._choose.randint(0, 3)),
            "assignees": some(("octo", "hubot"), self._choose.randint(0, 2)),
            "reviewers": some(("octo", "acme/core"), self._choose.randint(0, 1)),
            "milestone": one(("1.0", "2.0 beta")),
            "issue_type": one(("Bug", "Feature")),
            "is_draft": one((True, False)),
            "created_at": one(_DAYS),
            "updated_at": one(_DAYS),
            "fields": self._fields(),
        }
        kin: dict[str, Any] = {key: self._key() for key in ("parent", "duplicate_of") if self._happens(8)}
        kin |= {key: [self._key()] for key in ("closes", "closed_by") if self._happens(4)}
        return {key: value for key, value in facts.items() if self._happens(67)} | kin

    def _key(self) -> str:
        return self._choose.choice(self._names).lower()

    def _fields(self) -> dict[str, Any]:
        one = self._choose.choice
        address = one(("https://docs.example/a?b=c#d", "https://x.example/(odd)", "javascript:no", "see the wiki"))
        return {
            "docs": {"values": [address]},
            "reason": {"values": [one(("Nobody asked", "It <b>broke</b> | @octo", " "))]},
            "size": {"kind": "number", "values": [one(("1", "2.5", "8"))]},
            "due": {"kind": "date", "values": [one(("2024-01-31", "2025-07-01"))]},
            "team": {"kind": "multi_select", "values": self._choose.sample(("Shore", "Sea", "Air"), 2)},
            "sprint": {"kind": "iteration", "values": ["Sprint 4"], "start": "2024-06-24", "days": 14},
        }


def _is_well(end: dict[str, Any]) -> bool:
    return bool(end.get("reason") == "COMPLETED" or end.get("base") == end.get("default_branch") == "main")
