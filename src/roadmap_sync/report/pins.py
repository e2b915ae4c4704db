"""Owns proposals for pins as text and as JSON; must not know how they were found, nor write them.

What strangers wrote stands in the text as inert.py leaves it for a terminal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roadmap_sync import __version__
from roadmap_sync.board.model import Board
from roadmap_sync.board.verdict import judge
from roadmap_sync.errors import RoadmapSyncError
from roadmap_sync.inert import inline
from roadmap_sync.page.model import Page
from roadmap_sync.report.json import dumps
from roadmap_sync.report.words import count, join, shorten
from roadmap_sync.rules import Rules
from roadmap_sync.suggest.candidates import Candidate, Link

VERSION = 1
_KINDS: Mapping[str, str] = {"issue": "issue", "pull_request": "pull request", "draft": "draft"}
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What was found for one page, or why it could not be read; `written` are the lines that got their pin."""

    path: str
    page: Page | None = None
    links: tuple[Link, ...] = ()
    written: tuple[int, ...] = ()
    error: RoadmapSyncError | None = None


def summary(pages: Sequence[PageLinks]) -> str:
    """Return one line a page: how many lines could get a pin, and for how many one is proposed."""
    return "\n".join(f"{inline(one.path)}: {_summary(one)}" for one in pages)


def _summary(one: PageLinks) -> str:
    if one.page is None:
        return inline(one.error.what) if one.error else "not read"
    if one.written:
        lines = ", ".join(str(line) for line in one.written)
        return f"{count(len(one.written), 'pin')} written, in {'line' if len(one.written) == 1 else 'lines'} {lines}"
    if not one.page.items:
        return "nothing to check: no checklist"
    if not one.links:
        return "no line without a reference"
    proposed = sum(link.proposed is not None for link in one.links)
    near = sum(link.proposed is None and bool(link.candidates) for link in one.links)
    lines = count(len(one.links), "line")
    return join(
        [f"{count(proposed, 'pin')} proposed for {lines} without a reference", f"{near} unclear" if near else ""], "; "
    )


def text(pages: Sequence[PageLinks], board: Board | None) -> str:
    """Return the proposals for people to read, with the way to write them."""
    return "\n".join([summary(pages), *(line for one in pages if board for line in _told(one, board))]) + "\n"


def _told(one: PageLinks, board: Board) -> Iterator[str]:
    page = one.page
    if page is None or one.written:
        return
    proposed = [(link, link.proposed) for link in one.links if link.proposed]
    for link, candidate in proposed:
        yield f"\n{inline(one.path)}:{link.item.line}: {_short(link.item.text)}"
        yield from _candidate(candidate, board, page.rules)
    if proposed:
        lines = ",".join(str(link.item.line) for link, _ in proposed)
        yield f"\nLook at each, and pin those that are right:\n  roadmap-sync link {inline(one.path)} --write {lines}"
    if unclear := [link for link in one.links if link.candidates and not link.proposed]:
        yield f"\nUnclear; the nearest are told by: roadmap-sync explain {inline(one.path)}:LINE"
        yield from (f"  {link.item.line}: {_short(link.item.text)} ({inline(link.against)})" for link in unclear)


def _candidate(one: Candidate, board: Board, rules: Rules) -> Iterator[str]:
    verdict = judge(one.item, rules, board)
    yield f"  {one.score:>3}  {_KINDS[one.item.kind]} {one.item.name} {_short(one.item.title)}"
    yield f"       {verdict.outcome}: {inline(verdict.because)}"
    yield from (f"       {inline(reason)}" for reason in one.reasons)


def _short(words: str) -> str:
    return shorten(inline(words).strip(), _LONGEST)


def render_json(pages: Sequence[PageLinks], board: Board | None, exit_code: int) -> str:
    """Return the proposals as JSON text, ASCII only, with a last newline."""
    value = {
        "version": VERSION,
        "tool": f"roadmap-sync {__version__}",
        "summary": summary(pages),
        "exit": int(exit_code),
        "board": {"url": board.url, "source": board.source, "digest": board.digest} if board else None,
        "pages": [_page(one, board) for one in pages],
    }
    return dumps(value)


def _page(one: PageLinks, board: Board | None) -> dict[str, Any]:
    page = one.page
    return {
        "path": one.path,
        "digest": page.digest if page else None,
        "error": str(one.error) if one.error else None,
        "written": list(one.written),
        "lines": [_line(link, page, board) for link in one.links] if page and board else [],
    }


def _line(link: Link, page: Page, board: Board) -> dict[str, Any]:
    item = link.item
    return {
        "line": item.line,
        "text": item.text,
        "section": page.section_name(item),
        "ticked": item.is_ticked,
        "proposed": link.proposed.item.name if link.proposed else None,
        "against": link.against,
        "candidates": [_value(one, page.rules, board) for one in link.candidates],
    }


def _value(one: Candidate, rules: Rules, board: Board) -> dict[str, Any]:
    item, verdict = one.item, judge(one.item, rules, board)
    return {
        "reference": item.name,
        "kind": item.kind,
        "title": item.title,
        "url": item.url,
        "status": item.status,
        "verdict": verdict.outcome,
        "because": verdict.because,
        "score": one.score,
        "reasons": list(one.reasons),
    }
