"""Runs the cases of tests/cases: a page, a board, the page and the notes that must come of them, in both dialects.

How such a file is written stands in tests/cases/README.md.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roadmap_sync.board.model import Unread
from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.references import from_name
from tests.laws import statements
from tests.support.makers import board, draft, issue, pull, rules

CASES = Path(__file__).parents[1] / "cases"
#: A heading, or a block, inside which nothing is a heading.
_PART = re.compile(r"^## ([^\n]+)$|^~{6}(\w+)([^\n]*)\n(.*?)^~{6}$", re.MULTILINE | re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([nrt\\]))")
_DAY = "2024-06-26T10:00:00Z"

#: What the second column of a board may say.
_STATES = {
    "issue open": (issue, {"state": "OPEN"}),
    "issue reopened": (issue, {"state": "OPEN", "state_reason": "REOPENED"}),
    "issue completed": (issue, {"state": "CLOSED", "state_reason": "COMPLETED", "closed_at": _DAY}),
    "issue not planned": (issue, {"state": "CLOSED", "state_reason": "NOT_PLANNED", "closed_at": _DAY}),
    "issue duplicate": (issue, {"state": "CLOSED", "state_reason": "DUPLICATE", "closed_at": _DAY}),
    "pull open": (pull, {"state": "OPEN"}),
    "pull merged": (pull, {"state": "MERGED", "merged_at": _DAY}),
    "pull merged elsewhere": (pull, {"state": "MERGED", "merged_at": _DAY, "base": "v2"}),
    "pull merged somewhere": (pull, {"state": "MERGED", "merged_at": _DAY, "base": None}),
    "pull closed elsewhere": (pull, {"state": "CLOSED", "closed_at": _DAY, "base": "v2"}),
    "pull closed": (pull, {"state": "CLOSED", "closed_at": _DAY}),
}


@dataclass(frozen=True)
class Case:
    """One case of a file, for one dialect."""

    name: str
    dialect: str
    blocks: dict[str, str] = field(repr=False)

    def block(self, kind):
        """The block of this kind, that of the case's dialect first; None where there is none."""
        return self.blocks.get(f"{kind} {self.dialect}", self.blocks.get(kind))

    def __str__(self):
        """The case as a failure names it."""
        return f"{self.name} ({self.dialect})"

    @property
    def data(self):
        """The page's bytes."""
        return self.blocks["page"]

    @property
    def expected(self):
        """The bytes that must come of them."""
        after = self.block("expected")
        return self.data if after is None else after

    @property
    def rules(self):
        """The rules of the page."""
        given = tomllib.loads(self.blocks.get("rules", ""))
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
        return rules(**({"dialect": self.dialect} | given))

    @property
    def board(self):
        """The board: one answer a line."""
        lines = self.blocks.get("board", "").splitlines()
        return board(extra=dict(answer(line) for line in lines))


def answer(line):
    """Key and answer of `#7 | issue completed | Shipped | archived, now new/home#7`."""
    name, state, status, more = ([part.strip() for part in line.split("|")] + [""] * 3)[:4]
    key = from_name(name, "acme/rocket")
    if state == "unread":
        return key.key, Unread(status or "it was not found")
    if state == "draft":
        return key.key, draft(key.draft, status)
    make, fields = _STATES[state]
    words = [word.strip() for word in more.split(",")]
    moved = next((from_name(word.removeprefix("now ")) for word in words if word.startswith("now ")), key)
    fields = fields | {"archived": "archived" in words, "is_private": "private" in words}
    fields |= {"status": "", "on_board": True} if status == "(empty)" else {"status": status}
    return key.key, make(moved.number, owner=moved.owner, repo=moved.repo, **fields)


def read_cases(path):
    """All cases of a file, each once a dialect."""
    found = {}
    for title, *block in _PART.findall(path.read_text(encoding="utf-8")):
        if title:
            found[title] = {}
        else:
            name, content = block_of(*block)
            found[list(found)[-1]][name] = content
    return [Case(f"{path.stem}: {title}", d, blocks) for title, blocks in found.items() for d in ("github", "mkdocs")]


def block_of(kind, words, text):
    """Name and content of a block: bytes of pages, else text."""
    said = words.split()
    name = " ".join([kind, *(word for word in said if word != "escaped")])
    if kind not in {"page", "expected"}:
        return name, text
    return name, unescaped(text) if "escaped" in said else text.encode()


def unescaped(text):
    r"""Bytes of a block whose line ends and odd characters are spelled out: `\n`, `\r`, `\xff`, `\u2028`."""

    def one(match):
        if match[1]:
            return bytes.fromhex(match[1])
        return chr(int(match[2], 16)).encode() if match[2] else {"n": b"\n", "r": b"\r", "t": b"\t"}[match[3]]

    bare = text.replace("\n", "")
    kept, at = [], 0
    for match in _ESCAPE.finditer(bare):
        kept += (bare[at : match.start()].encode(), one(match))
        at = match.end()
    return b"".join([*kept, bare[at:].encode()])


FILES = [path for path in sorted(CASES.glob("*.md")) if path.stem != "README"]
ALL = [case for path in FILES for case in read_cases(path)]
REFUSED = [case for case in ALL if case.block("error")]
READABLE = [case for case in ALL if not case.block("error")]


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_page(case):
    """The page becomes what the case says, byte for byte."""
    plan = make_page_plan(parse(case.data, case.rules, "github.com"), case.board)
    assert plan.error is None
    assert plan.result == case.expected


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_notes(case):
    """The notes are those that the case says, with their lines, and no others."""
    plan = make_page_plan(parse(case.data, case.rules, "github.com"), case.board)
    said = (case.block("notes") or "").split("\n")[:-1]
    assert [f"{note.line} {note.kind}" for note in plan.notes] == [line.partition(":")[0] for line in said]
    for note, line in zip(plan.notes, said, strict=True):
        assert line.partition(":")[2].strip() in note.message


@pytest.mark.parametrize("case", [case for case in READABLE if case.block("found") is not None], ids=str)
def test_found(case):
    """The task items found, with their references, and the table's line are those that the case says."""
    page = parse(case.data, case.rules, "github.com")
    found = [f"{i.line} {', '.join(r.name for r in i.references)}".rstrip() for i in page.items]
    found += [f"table {page.table_line}"] if page.table_line else []
    assert "".join(f"{line}\n" for line in found) == case.block("found")


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_laws(case, tmp_path):
    """The laws (docs/design.md, The laws that tests hold) hold on every case."""
    statements.hold(parse(case.data, case.rules, "github.com"), case.board, tmp_path)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_error(case):
    """A page that cannot be read says where and why."""
    with pytest.raises(RoadmapSyncError) as caught:
        parse(case.data, case.rules, "github.com")
    assert str(caught.value) == case.block("error").rstrip("\n")


def test_every_trap_has_its_file():
    """Each of the 35 numbered traps has its file, the constructed ones have theirs."""
    numbers = [path.stem.partition("-")[0] for path in FILES]
    assert numbers[:35] == [f"{number:02}" for number in range(1, 36)]
    assert set(numbers[35:]) == {"constructed", "directives"}


def test_as_many_pages_stay_as_change():
    """What must come back byte for byte is shown at least as often as what must change."""
    staying = [case for case in READABLE if case.expected == case.data]
    assert 2 * len(staying) >= len(READABLE)
