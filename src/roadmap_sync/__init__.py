"""roadmap-sync: makes the checklists of a hand-written page match a GitHub Projects board.

`load_board` and `plan_page` are what other Python programs may use; docs/python.md shows how. Both import what they
need when they are called, so that the command line starts fast.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from roadmap_sync.board.model import Board
    from roadmap_sync.plan.plan import PagePlan

__version__ = "0.1.0"
__all__ = ["load_board", "plan_page"]


def load_board(source: str | os.PathLike[str]) -> "Board":
    """Read a board from a snapshot, as `roadmap-sync snapshot` saves it.

    `source` is the path of the file, or the snapshot's text itself: a str that begins with `{`. Raises
    `roadmap_sync.errors.InputError` where there is no such file, or it is no snapshot.
    """
    from dataclasses import replace
    from pathlib import Path

    from roadmap_sync.reading.snapshot import loads
    from roadmap_sync.worktree import read_text

    _check(source, str | os.PathLike, "load_board takes a path or a text", 'For example load_board("board.json").')
    text = where = os.fspath(source)
    if isinstance(source, str) and text.lstrip().startswith("{"):
        where = "snapshot"
    else:
        text = read_text(Path(text), where)
    snapshot = loads(text, where)
    return replace(snapshot.board, answers=snapshot.known, source="snapshot")


def plan_page(
    data: bytes,
    board: "Board",
    *,
    path: str = "ROADMAP.md",
    repository: str = "",
    done: Sequence[str] | None = None,
    dialect: str = "auto",
    untick: bool = False,
    dropped: Literal["note", "strike"] = "note",
    short_references: bool = False,
    sections: Sequence[str] = (),
) -> "PagePlan":
    """Return what a board changes on a page: `.changes` and `.notes` with their reasons, `.result` as bytes.

    `data` is the page as it stands in its file; nothing is read or written. `path` is its name in messages and
    decides, with `.mdx`, how it is read. The other settings are those of the config, with its defaults; `done` names
    the Statuses that tick a box. Raises `roadmap_sync.errors.InputError` where an argument is wrong, and
    `RefusedError` where the plan cannot be proved to change nothing else.
    """
    from roadmap_sync.board.model import Board

    _check(data, bytes, "plan_page takes the page as bytes", f'Path("{path}").read_bytes() reads them.')
    _check(board, Board, "plan_page takes a board", "load_board(…) returns one.")
    page = {
        "path": path,
        "repository": repository,
        "dialect": dialect,
        "short_references": short_references,
        "sections": _listed(sections),
    }
    statuses = {} if done is None else {"done": _listed(done)}
    plan = _plan(data, board, {"pages": [page], "statuses": statuses, "policy": {"untick": untick, "dropped": dropped}})
    if plan.error is not None:
        raise plan.error
    return plan


def _plan(data: bytes, board: "Board", values: dict[str, object]) -> "PagePlan":
    """Plan the one page of a config, given as the values that it would have in TOML."""
    from dataclasses import replace

    from roadmap_sync.board.question import NOWHERE
    from roadmap_sync.config.file import Config, board_address, check_headings, check_statuses
    from roadmap_sync.config.tables import Places
    from roadmap_sync.page.parse import parse
    from roadmap_sync.plan.plan import make_page_plan, question_of
    from roadmap_sync.reading.snapshot import Snapshot

    config = replace(Config.from_values(values, Places()), status_field=board.status_field)
    check_statuses(config, board.options)
    (rules,) = config.pages
    address = board_address(board.url, "board.url") if board.url else NOWHERE
    page = parse(data, rules, address.host)
    check_headings(config, rules, page)
    snapshot = Snapshot("board", board, board.answers, is_whole=True, areas=None)
    return make_page_plan(page, snapshot.answer(question_of([page], address, board.status_field)))


def _check(given: object, wanted: Any, what: str, hint: str) -> None:
    from roadmap_sync.errors import InputError

    if not isinstance(given, wanted):
        raise InputError(f"{what}, not {type(given).__name__}", hint=hint)


def _listed(values: object) -> object:
    """Return a tuple as the list that a config has; anything else as it is, for the config to judge."""
    return list(values) if isinstance(values, tuple) else values
