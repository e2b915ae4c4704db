"""Owns `link`: it proposes pins for lines without a reference, and writes those that a person names."""

import re
from dataclasses import replace

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, PageFile, open_desk, read_board_with_facts, read_pages, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome
from roadmap_sync.errors import InputError, worst
from roadmap_sync.page.directives import pin_comment
from roadmap_sync.page.model import Page, TaskItem
from roadmap_sync.page.pins import pinned
from roadmap_sync.report.pins import PageLinks, render_json, text
from roadmap_sync.suggest.candidates import Link, Linker, with_mentions

_LINES = re.compile(r"\s*[1-9]\d{0,8}\s*(?:,\s*[1-9]\d{0,8}\s*)*")


def run(invocation: Invocation, *, write: str) -> Outcome:
    """Propose pins. `write` holds line numbers with commas between: the pins of these lines are written.

    Raises InputError for a line that gets no pin.
    """
    wanted = _numbers(write) if write else ()
    desk = open_desk(invocation)
    if wanted and len(desk.rules) > 1:
        raise InputError(
            f"--write needs one page, and there are {len(desk.rules)}",
            where=desk.config.places.shown,
            hint=f"Name it: roadmap-sync link {desk.rules[0].path} --write {write}",
        )
    files = read_pages(desk)
    pages = [with_mentions(file.page) for file in files if file.page]
    board = read_board_with_facts(desk, pages) if any(page.items for page in pages) else None
    found = [_found(file, board) for file in files]
    if wanted:
        found = [_written(desk, one, wanted) for one in found]
    code = worst([one.error.exit for one in found if one.error])
    is_text = invocation.form == "text"
    shown = text(found, board) if is_text else render_json(found, board, code)
    errors = tuple(str(one.error) for one in found if one.error)
    is_left_out = is_text and invocation.is_quiet
    return Outcome(code, b"" if is_left_out else shown.encode(), remarks_of(desk), errors)


def _numbers(write: str) -> tuple[int, ...]:
    if not _LINES.fullmatch(write):
        raise InputError(f'"{write}" names no lines', where="--write", hint="Write numbers with commas: --write 12,31")
    return tuple(sorted({int(number) for number in write.split(",")}))


def _found(file: PageFile, board: Board | None) -> PageLinks:
    page = file.page
    if page is None or board is None:
        return PageLinks(file.rules.path, page, error=file.error)
    return PageLinks(page.path, page, Linker(page, board).propose())


def _written(desk: Desk, one: PageLinks, wanted: tuple[int, ...]) -> PageLinks:
    """Write the pins of the lines that are named and have none yet: all of them, or none where one can get no pin."""
    if one.page is None:
        return one
    known = {link.item.line: link for link in one.links}
    done = {item.line for item in one.page.items if _has_pin(one.page, item)}
    names = {line: _name(one.page, line, known.get(line)) for line in wanted if line not in done}
    desk.tree.replace(one.path, one.page.data, pinned(one.page, names))
    return replace(one, written=tuple(names))


def _has_pin(page: Page, item: TaskItem) -> bool:
    return any(pin_comment(one.name, is_mdx=page.rules.is_mdx) in item.content for one in item.references)


def _name(page: Page, line: int, link: Link | None) -> str:
    """Return the name of the item that is proposed for a line. Raises InputError where none is."""
    where = f"{page.path}:{line}"
    if link is None:
        raise InputError(
            "this line cannot get a pin; nothing was written",
            where=where,
            hint="Name the first line of a task item that has no reference and is neither struck nor ignored.",
        )
    if link.proposed is None:
        example = pin_comment("owner/repo#N", is_mdx=page.rules.is_mdx)
        raise InputError(
            f"no pin is proposed for this line{f': {link.against}' if link.against else ''}; nothing was written",
            where=where,
            hint=f"If you know the item, end the line with {example} by hand.",
        )
    return link.proposed.item.name
