"""Owns where the GraphQL documents come from: the files of `queries/`; must not know what is asked, or when.

They are shipped inside the package; in a source tree `queries/` stands at its top.
"""

import functools
import importlib.resources
import re
from pathlib import Path

from roadmap_sync.reading.documents import Queries

_NUMBERED = re.compile(r"\$?\b([a-z]+)0\w*:")


@functools.cache
def queries() -> Queries:
    """Return the documents and fragments of `queries/`."""
    shipped = importlib.resources.files("roadmap_sync") / "queries"
    folder = shipped if shipped.is_dir() else Path(__file__).parents[3] / "queries"
    files = [file for room in folder.iterdir() if room.is_dir() for file in room.iterdir()]
    texts = {file.name.removesuffix(".graphql"): file.read_text(encoding="utf-8") for file in files}
    return Queries(dict(sorted(texts.items())))


def document(name: str, **counts: int) -> str:
    """Return a document of `queries/` with the fragments that it spreads.

    GraphQL has no list of look-ups, so a line with `page0` is written once for each of `page=3`: with `page0`,
    `page1` and `page2`. A line of which there are none is left out.
    """
    return "".join(_repeated(line, counts) for line in queries().whole(name).splitlines(keepends=True))


def place(full_name: str) -> dict[str, object]:
    """Return the variables that name a repository in these documents."""
    owner, _, name = full_name.partition("/")
    return {"owner": owner, "name": name}


def _repeated(line: str, counts: dict[str, int]) -> str:
    named = _NUMBERED.search(line)
    if not named:
        return line
    word = re.compile(rf"\b{named[1]}0")
    return "".join(word.sub(f"{named[1]}{number}", line) for number in range(counts[named[1]]))
