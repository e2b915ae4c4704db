"""Owns which pages two revisions are compared on: the example, those of tests/cases, the real ones, parts of long ones.

Reads Markdown only as far as it must, with its own few patterns: it must not know the package that is compared.
"""

import csv
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: The folder with the real pages, as tests/shared.py says.
SHARED = Path(os.environ.get("ROADMAP_SYNC_SHARED") or ROOT.parent / "shared")

#: A page with more lines is long: to explain each line takes a time that grows with the square of their number.
LONG = 200
#: So many lines has a part of a long page, or some more: it ends before a blank line or a heading.
PART = 40

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_PAUSE = re.compile(rb"\s*$|#{1,6} ")
#: A case's heading, or one of its blocks, inside which nothing is a heading.
_CASE = re.compile(r"^## ([^\n]+)$|^~{6}(\w+)([^\n]*)\n(.*?)^~{6}$", re.MULTILINE | re.DOTALL)
_SPELLED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([nrt\\]))")
_PLAIN = {"n": b"\n", "r": b"\r", "t": b"\t", "\\": b"\\"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page to compare on. `rules` is what its case asks of the config; each `every`th line is explained."""

    name: str
    data: bytes
    repository: str
    path: str = "docs/roadmap.md"
    rules: Mapping[str, Any] = field(default_factory=dict)
    every: int = 1
    is_part: bool = False

    @property
    def lines(self) -> list[bytes]:
        """Return the lines with their ends."""
        return _LINE.findall(self.data)


def example() -> Page:
    """Return the worked example."""
    path = "examples/roadmap.md"
    return Page("examples/roadmap.md", (ROOT / path).read_bytes(), "tidemark-example/tidemark", path)


def cases() -> Iterator[Page]:
    """Yield each page of tests/cases, cut out as tests/cases/README.md says."""
    for file in sorted((ROOT / "tests" / "cases").glob("*.md")):
        for title, blocks in _blocks(file.read_text(encoding="utf-8")).items() if file.stem != "README" else ():
            rules = tomllib.loads(blocks.get("rules", b"").decode())
            path = f"docs/{rules.pop('path', 'roadmap.md')}"
            yield Page(f"tests/cases/{file.name}: {title}", blocks["page"], "acme/rocket", path, rules)


def _blocks(text: str) -> dict[str, dict[str, bytes]]:
    """Return page and rules of each case, by its heading."""
    found: dict[str, dict[str, bytes]] = {}
    title = ""
    for heading, kind, words, content in _CASE.findall(text):
        title = heading or title
        blocks = found.setdefault(title, {})
        if kind in {"page", "rules"}:
            blocks[kind] = _unescaped(content) if "escaped" in words.split() else content.encode()
    return {heading: blocks for heading, blocks in found.items() if "page" in blocks}


def _unescaped(text: str) -> bytes:
    """Return the bytes of a block in which line ends and odd characters are spelled out."""
    bare, data, at = text.replace("\n", ""), b"", 0
    for match in _SPELLED.finditer(bare):
        data += bare[at : match.start()].encode() + _meant(match)
        at = match.end()
    return data + bare[at:].encode()


def _meant(match: re.Match[str]) -> bytes:
    byte, point, letter = match.groups()
    if byte:
        return bytes.fromhex(byte)
    return chr(int(point, 16)).encode() if point else _PLAIN[letter]


def real() -> Iterator[Page]:
    """Yield each page of the corpus; none where it is not at hand."""
    index = SHARED / "corpus" / "index.tsv"
    if index.is_file():
        for row in csv.DictReader(index.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
            data = (SHARED / "corpus" / "pages" / row["file"]).read_bytes()
            yield Page(f"corpus/{row['file']}", data, row["repo"])


def with_parts(pages: Iterable[Page], every: int) -> Iterator[Page]:
    """Yield each page; of a long one only each so many lines is explained, and its parts follow as further pages."""
    for page in pages:
        is_long = len(page.lines) > LONG
        yield replace(page, every=every if is_long else 1)
        if is_long and every > 1:
            yield from _parts(page)


def _parts(page: Page) -> Iterator[Page]:
    """Cut a page before blank lines and headings."""
    first, lines = 1, page.lines
    for number, line in enumerate(lines, 1):
        is_end = number == len(lines)
        if is_end or (number - first >= PART and _PAUSE.match(line)):
            last = number if is_end else number - 1
            data = b"".join(lines[first - 1 : last])
            yield replace(page, name=f"{page.name}, lines {first}-{last}", data=data, is_part=True)
            first = number
