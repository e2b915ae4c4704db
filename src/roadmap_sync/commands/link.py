"""Owns the proposals of pins for lines without a reference, and writing those that a person names."""

import re
from dataclasses import replace
from typing import Literal

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, Reading, open_desk, read_board_with_facts, read_pages, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome
from roadmap_sync.errors import InputError, worst
from roadmap_sync.page.directives import pin_comment
from roadmap_sync.page.model import Page
from roadmap_sync.page.pins import pinned
from roadmap_sync.report import pins as links
from roadmap_sync.report.pins import PageLinks
from roadmap_sync.suggest.candidates import Link, Linker, with_mentions

_LINES = re.compile(r"\s*[1-9]\d{0,8}\s*(?:,\s*[1-9]\d{0,8}\s*)*")


def run(invocation: Invocation, form: Literal["text", "json"], *, write: str) -> Outcome:
    """Propose pins; with `write`, numbers of lines with commas, put those in. Raises InputError for any other line."""
    wanted = _numbers(write) if write else ()
    desk = open_desk(invocation)
    if wanted and len(desk.rules) > 1:
        raise InputError(
            f"--write needs one page, and there are {len(desk.rules)}",
            where=desk.config.places.shown,
            hint=f"Name it: roadmap-sync link {desk.rules[0].path} --write {write}",
        )
    readings = read_pages(desk)
    pages = [with_mentions(reading.page) for reading in readings if reading.page]
    board = read_board_with_facts(desk, pages) if any(page.items for page in pages) else None
    found = [_found(reading, board) for reading in readings]
    if wanted:
        found = [_written(desk, one, wanted) for one in found]
    code = worst([one.error.exit for one in found if one.error])
    shown = links.text(found, board) if form == "text" else links.render_json(found, board, code)
    errors = tuple(str(one.error) for one in found if one.error)
    is_wanted = form == "json" or not invocation.is_quiet
    return Outcome(code, shown.encode() if is_wanted else b"", remarks_of(desk, board), errors)


def _numbers(write: str) -> tuple[int, ...]:
    if not _LINES.fullmatch(write):
        raise InputError(f'"{write}" names no lines', where="--write", hint="Write numbers with commas: --write 12,31")
    return tuple(sorted({int(number) for number in write.split(",")}))


def _found(reading: Reading, board: Board | None) -> PageLinks:
    page = reading.page
    if page is None or board is None:
        return PageLinks(reading.rules.path, page, error=reading.error)
    return PageLinks(page.path, page, Linker(page, board).propose())


def _written(desk: Desk, one: PageLinks, wanted: tuple[int, ...]) -> PageLinks:
    """Put in the pins of the lines that are named, all or none."""
    if one.page is None:
        return one
    known = {link.item.line: link for link in one.links}
    names = {line: _name(one.page, line, known.get(line)) for line in wanted}
    desk.tree.replace(one.path, one.page.data, pinned(one.page, names))
    return replace(one, written=wanted)


def _name(page: Page, line: int, link: Link | None) -> str:
    """Return the item whose pin goes into a line. Raises InputError where none is proposed for it."""
    where = f"{page.path}:{line}"
    if link is None:
        raise InputError(
            "not a line that can get a pin; nothing was written",
            where=where,
            hint="It needs the first line of a task item that has no reference, and is neither struck nor ignored.",
        )
    if link.proposed is None:
        raise InputError(
            f"no pin is proposed for this line{f': {link.against}' if link.against else ''}; nothing was written",
            where=where,
            hint=f"If you know the item, end the line with {_example(page)} by hand.",
        )
    return link.proposed.item.name


def _example(page: Page) -> str:
    return pin_comment("owner/repo#N", is_mdx=page.rules.is_mdx)
