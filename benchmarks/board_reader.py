"""Reads a board once, in a process of its own, and prints as JSON how long it took and how much came.

`python -m benchmarks.board_reader HOW URL SIZE [FILE [PAGES]]`: HOW is `ask` or `scan`, what the page without areas
needs or the whole board, each also `-narrow` or `-wide`, with such areas; or `serial`, `serial-areas`. FILE takes the
Board, and PAGES ends a serial reading early. Seconds are those from the first byte sent to the Board,
Python's start apart.

The serial reader is the leanest that can know the same: one connection that is kept, gzip, pages of 100, of each item
what its verdict needs, nothing twice. `serial-areas` also asks of each item what areas judge and what an added line
must not repeat.
"""

import asyncio
import dataclasses
import json
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from benchmarks.board_sample import NUMBER, OWNER, Sample, board_only
from roadmap_sync.board.model import Board, Item
from roadmap_sync.board.question import Question
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.source import LiveSource

TOKEN = "test-token"
SECONDS = 3600.0

#: What the serial readers ask, one page of 100 after the other: `octokit_reader.mjs` asks the first of them too.
LEAN_FILE = Path(__file__).with_name("board_page.graphql")
LEAN = LEAN_FILE.read_text(encoding="utf-8")
_AREAS = """labels(first: 100) { totalCount nodes { name } }
              assignees(first: 20) { totalCount nodes { login } }"""
_ISSUES = """parent { number repository { nameWithOwner } }
              duplicateOf { number repository { nameWithOwner } }
              closedByPullRequestsReferences(first: 50, includeClosedPrs: true) {
                totalCount nodes { number repository { nameWithOwner } } }"""
_PULLS = """closingIssuesReferences(first: 50) { totalCount nodes { number repository { nameWithOwner } } }"""
FOR_AREAS = LEAN.replace("# of issues", f"{_AREAS} {_ISSUES}").replace("# of pull requests", f"{_AREAS} {_PULLS}")


def ask(question: Question) -> Callable[[str], tuple[int, Board]]:
    """Return the reader of the product for a question."""

    boards: list[Board] = []

    async def read(url: str) -> None:
        async with GitHub(url, TOKEN, deadline=SECONDS) as client:
            boards.append(await LiveSource(client).read(question))

    def run(url: str) -> tuple[int, Board]:
        # Not as the task's result, which `asyncio.run` would write out in full at its end: as in the commands.
        asyncio.run(read(url))
        board = boards.pop()
        return board.read.items if board.items is None else len(board.items), board

    return run


def serial(url: str, document: str, pages: int) -> int:
    """Read a board one page after the other; return how many different items came."""
    found: dict[str, Mapping[str, Any]] = {}
    with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=None, trust_env=False) as client:
        cursor: str | None = None
        while True:
            variables = {"owner": OWNER, "number": NUMBER, "cursor": cursor}
            answer = client.post(url, json={"query": document, "variables": variables}).raise_for_status().json()
            items = answer["data"]["repositoryOwner"]["projectV2"]["items"]
            found |= {node["id"]: node for node in items["nodes"]}
            cursor, pages = items["pageInfo"]["endCursor"], pages - 1
            if pages == 0 or not items["pageInfo"]["hasNextPage"]:
                return len(found)


def differences(one: Board, whole: Board) -> Iterator[tuple[str, bool]]:
    """Yield each field of what was asked, and whether the scan says the same of it.

    What a scan alone holds is its items: each that was looked up is held against its row there as well.
    """
    apart = {"items", "read", "digest"}
    for field in dataclasses.fields(Board):
        if field.name not in apart:
            yield from _compared(field.name, getattr(one, field.name), getattr(whole, field.name))
    rows = {item.id: item for item in whole.items or ()}
    for key, answer in one.answers.items():
        if isinstance(answer, Item) and answer.placement:
            row = dataclasses.replace(rows[answer.id], closing=answer.closing)
            yield from _compared(f"items of {key}", answer, row)


def _compared(name: str, one: Any, other: Any) -> Iterator[tuple[str, bool]]:
    if type(one) is not type(other):
        yield name, False
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            yield from _compared(f"{name}.{field.name}", getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, Mapping):
        yield name, list(one) == list(other)
        for key in one.keys() & other.keys():
            yield from _compared(f"{name}[{key}]", one[key], other[key])
    elif isinstance(one, tuple):
        yield name, len(one) == len(other)
        for place, pair in enumerate(zip(one, other, strict=False)):
            yield from _compared(f"{name}[{place}]", *pair)
    else:
        yield name, one == other


def _compare(one: str, whole: str) -> dict[str, Any]:
    boards = [pickle.loads(Path(name).read_bytes()) for name in (one, whole)]
    found = list(differences(*boards))
    return {"fields": len(found), "different": [name for name, is_same in found if not is_same][:20]}


def _question(how: str, size: int) -> Question:
    if how == "scan":
        return board_only()
    what, _, kind = how.partition("-")
    return Sample(size).question(kind or "none", is_whole=what == "scan")


def _read(how: str, url: str, size: int, file: str = "", pages: int = 0) -> dict[str, Any]:
    if how.startswith("serial"):
        began = time.perf_counter()
        items = serial(url, FOR_AREAS if how.endswith("areas") else LEAN, pages)
        return {"seconds": time.perf_counter() - began, "items": items}
    read = ask(_question(how, size))
    began = time.perf_counter()
    items, board = read(url)
    seconds = time.perf_counter() - began
    if file:
        Path(file).write_bytes(pickle.dumps(board))
    return {"seconds": seconds, "items": items}


def main(how: str, *rest: str) -> None:
    """Do what is named."""
    if how == "compare":
        print(json.dumps(_compare(*rest)))
        return
    url, size, *others = rest
    file, pages = (*others, *("", "0")[len(others) :])
    print(json.dumps(_read(how, url, int(size), file, int(pages))))


if __name__ == "__main__":
    main(*sys.argv[1:])
