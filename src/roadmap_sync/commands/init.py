"""Owns `init`, which proposes a first config from a board and pages; it changes no page and asks no questions."""

from pathlib import PurePosixPath

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, open_bare_desk, read_board_with_facts, read_pages, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome
from roadmap_sync.config.file import NAMES, Config, check_headings, check_statuses, find_config
from roadmap_sync.errors import BugError, Exit, InputError
from roadmap_sync.page.model import Page
from roadmap_sync.report import first_config
from roadmap_sync.suggest.candidates import with_mentions
from roadmap_sync.suggest.first_config import propose


def run(invocation: Invocation, *, is_written: bool) -> Outcome:
    """Propose a config; with `is_written`, save it. Raises InputError where there is a config already."""
    desk = open_bare_desk(invocation)
    target = invocation.config or _target(desk)
    if is_written and desk.tree.supplied(desk.tree.directory / desk.tree.spelled(target)):
        raise InputError(
            "there is a config already; nothing was written",
            where=target,
            hint="Name another with --config FILE, or leave out --write and compare the two yourself.",
        )
    files = read_pages(desk)
    if failed := next((file.error for file in files if file.error), None):
        raise failed
    pages = [with_mentions(file.page) for file in files if file.page]
    board = read_board_with_facts(desk, pages)
    url = invocation.board if invocation.board and desk.snapshot is None else board.url
    text = first_config.render([propose(page, board) for page in pages], board, url)
    _check(text, target, pages, board)
    if is_written:
        desk.tree.write(target, text.encode())
    said = f"{target}: written" if is_written else f"nothing written; with --write this becomes {target}"
    return Outcome(Exit.OK, text.encode(), (said, *remarks_of(desk)))


def _target(desk: Desk) -> str:
    """Return where the config goes: where one is already, else into `.github`, where there is that folder."""
    found = find_config(desk.tree.directory)
    if found is not None:
        return found.relative_to(desk.tree.directory).as_posix()
    first, second = NAMES[:2]
    return first if (desk.tree.directory / PurePosixPath(first).parent).is_dir() else second


def _check(text: str, target: str, pages: list[Page], board: Board) -> None:
    """Check the config against the pages and the board that it was made from, as every command will."""
    try:
        made = Config.from_text(text, target)
        check_statuses(made, board.options)
        for page in pages:
            rules = next(rules for rules in made.pages if rules.path == page.path)
            check_headings(made, rules, page)
    except InputError as error:
        raise BugError(f"the proposed config would not load: {error}") from error
