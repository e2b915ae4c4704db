"""Owns configs made at random for a page and its board, and what a page gets so that there is something to do.

Three kinds take turns: none at all, on the page as it is; one that ticks, unticks, strikes and hides, on the page with
every other box cleared; one with areas that add and move, on the page with headings for them to go to.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from comparison.pages import Page

NAME = "roadmap-sync.toml"
KINDS = ("none", "ticks", "areas")

#: Where the areas of a page go: few pages have such headings, and their level must be above that of the areas.
_GOALS = b"# Done for good\n\n# Given up for good\n"
_LAST = b"\n\n" + _GOALS
_FIRST = _GOALS + b"\n# All the rest\n\n"
#: What stands first or nowhere: front matter, a byte order mark.
_HEADS = (b"---", b"+++", b"\xef\xbb\xbf")
_TICKED = re.compile(rb"\[[xX]\]")

_HEADING = re.compile(r"(#{1,6})[ ]+(.*?)[ ]*")
_PLAIN = re.compile(r"[^\W_][\w ,.'-]*")
_FENCE = re.compile(r"[ >]*(?:```|~~~)")
_TASK = re.compile(r"[ \t>]*(?:[-+*]|\d+[.)])[ \t]+\[.\]")

_FILTERS = (
    "label:core",
    "is:issue -label:bug",
    "is:issue,pr",
    "is:open no:assignee",
    'label:core,docs milestone:"1.0"',
    "harbour",
    "is:pr",
    "status:Later,Backlog",
    "has:milestone is:issue",
    "label:état",
    "nonsense:yes",
)
_LINES = (
    "[{title}]({url})",
    "{title} ([#{number}]({url}))",
    "{title} {repository} {status}",
    "{docs} {title}: {url} {size}",
)
_HIDDEN = ("ticked-over-open", "looks-done", "ambiguous", "merged-not-done", "dropped", "not-rendered")
_POLICY = ("untick", "dropped", "add_done", "move", "allow_private")
_NO_GUARDS = {f"max_{kind}": 10_000 for kind in ("tick", "untick", "strike", "add", "move")}

#: A heading that its page has once: its line, its level, its text.
_Found = tuple[int, int, str]


def config(page: Page, board: Mapping[str, Any], kind: str, seed: str) -> str:
    """Return the TOML text of a page's config of one kind; empty for none."""
    if kind == "none":
        return ""
    maker = _Maker(random.Random(seed), page, board)  # noqa: S311 - nothing secret hangs on it
    tables = maker.ticks() if kind == "ticks" else maker.areas()
    _apply(page.rules, tables)
    return "\n".join(_written("", tables))


def prepared(page: Page, kind: str) -> bytes:
    """Return the bytes of a page for a kind of config."""
    if kind == "ticks":
        pieces = _TICKED.split(page.data)
        return pieces[0] + b"".join((b"[x]", b"[ ]")[n % 2] + piece for n, piece in enumerate(pieces[1:]))
    if kind == "areas":
        is_first = len(page.name) % 2 and not page.data.startswith(_HEADS)
        return _FIRST + page.data if is_first else page.data + _LAST
    return page.data


def _apply(rules: Mapping[str, Any], tables: dict[str, Any]) -> None:
    """Put in what the page's case asks."""
    for key, value in rules.items():
        tables["policy" if key in _POLICY else "pages"] |= {key: value}


def _written(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Write a table, its own keys first; JSON's texts, numbers and lists are TOML's as well."""
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value))
    for key, value in table.items():
        path = f"{name}.{key}" if name else key
        for one in (value if isinstance(value, list) else [value]) if _is_table(value) else ():
            yield f"\n[[{path}]]" if isinstance(value, list) or path == "pages" else f"\n[{path}]"
            yield from _written(path, one)


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def headings(text: str) -> list[_Found]:
    """Return the headings that can be named in a config: plain words that no other heading of the page has."""
    found: list[_Found] = []
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        is_code ^= bool(_FENCE.match(line))
        match = _HEADING.fullmatch(line)
        if match and not is_code:
            found.append((number, len(match[1]), match[2]))
    words = [text.casefold() for _, _, text in found]
    return [one for one in found if _PLAIN.fullmatch(one[2]) and words.count(one[2].casefold()) == 1]


def _has_list(lines: Sequence[str], heading: _Found) -> bool:
    """Whether a box stands between a heading and the next."""
    for line in lines[heading[0] :]:
        if _HEADING.fullmatch(line):
            return False
        if _TASK.match(line):
            return True
    return False


class _Maker:
    """One config in the making."""

    def __init__(self, choose: random.Random, page: Page, board: Mapping[str, Any]) -> None:
        self._choose = choose
        self._page = page
        self._columns: list[str] = board["board"]["options"]
        self._names = [entry["reference"] for entry in board["items"]]
        text = page.data.decode(errors="replace")
        self._lines = text.splitlines()
        self._headings = headings(text)

    def _happens(self, percent: int) -> bool:
        return self._choose.random() * 100 < percent

    def ticks(self) -> dict[str, Any]:
        """Return a config under which boxes are ticked and unticked, and lines struck."""
        tables = self._common()
        texts = [text for _, _, text in self._headings]
        if texts and self._happens(20):
            tables["pages"]["sections"] = self._choose.sample(texts, min(2, len(texts)))
        if texts and self._happens(25):
            tables["pages"]["legend"] = {"heading": self._choose.choice(texts)}
        if self._happens(40):
            tables["notes"] = {"hide": self._choose.sample(_HIDDEN, 2)}
        return tables

    def areas(self) -> dict[str, Any]:
        """Return a config with areas."""
        tables = self._common()
        tables["statuses"] |= {"add": self._columns[:2], "launched": self._columns[-2:]}
        tables["policy"] |= {"move": self._happens(75), "add_done": self._happens(30)}
        tables["pages"]["line"] = self._choose.choice(_LINES)
        tables["pages"]["lifecycle"] = {
            "launched_heading": "Done for good",
            "dropped_heading": "Given up for good",
            "docs_field": "Docs",
            "reason_field": "Reason",
        }
        able = [one for one in self._headings if one[1] > 1 and _has_list(self._lines, one)]
        chosen = sorted(self._choose.sample(able, min(4, len(able))))
        tables["pages"]["areas"] = [self._area(heading) for _, _, heading in chosen]
        return tables

    def _area(self, heading: str) -> dict[str, Any]:
        area: dict[str, Any] = {"heading": heading}
        if self._happens(80):
            area["filter"] = self._choose.choices(_FILTERS, [10] * (len(_FILTERS) - 1) + [1])[0]
        if self._happens(25):
            area["label"] = "Milestones"
        things = [name for name in self._names if "#" in name]
        if things and self._happens(70):
            area["tracking"] = self._choose.choice(things)
        if things and self._happens(30):
            area["except"] = self._choose.sample(things, 1)
        return area

    def _common(self) -> dict[str, Any]:
        """Return what both kinds have."""
        one = self._choose.choice
        done = {"done": self._columns[-one((1, 2)) :]} if self._happens(80) else {}
        return {
            "board": {"url": "https://github.com/orgs/acme/projects/3"},
            "statuses": done,
            "policy": {
                "untick": self._happens(60),
                "dropped": one(("note", "strike")),
                "allow_private": self._happens(20),
            },
            "guards": dict(_NO_GUARDS) if self._happens(80) else {},
            "pages": {
                "path": self._page.path,
                "repository": self._page.repository,
                "dialect": one(("auto", "github", "mkdocs")),
                "short_references": self._happens(50),
            },
        }
