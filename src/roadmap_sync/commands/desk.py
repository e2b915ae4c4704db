"""Owns what comes before every plan: which config, which pages, which board, read once for all of them.

A page that cannot be read is kept as its error, so that it does not keep the others from being handled.
"""

import asyncio
import gc
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from roadmap_sync.board.filters import parse as parse_filter
from roadmap_sync.board.model import Board
from roadmap_sync.board.question import BoardAddress, Question
from roadmap_sync.commands.outcome import Invocation
from roadmap_sync.commands.progress import ProgressBar
from roadmap_sync.config import file as configs
from roadmap_sync.config.file import Config
from roadmap_sync.config.tables import suggestion
from roadmap_sync.errors import InputError, RoadmapSyncError
from roadmap_sync.github.access import find_access
from roadmap_sync.github.source import LiveSource, SnapshotSource
from roadmap_sync.page.dialects import DIALECTS, Dialect
from roadmap_sync.page.history import History, history_of
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import PagePlan, Plan, make_page_plan, question_of
from roadmap_sync.reading.snapshot import Snapshot
from roadmap_sync.report.words import cost_of, count
from roadmap_sync.rules import Area, Rules
from roadmap_sync.worktree import Worktree

#: A snapshot that was written by hand need not say whose board it is.
_NOWHERE = BoardAddress(url="", host="github.com", owner="", number=0)

#: A filter that every item meets, in GitHub's syntax.
_EVERYTHING = "is:issue,pr,draft"


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies ready before a page is read: the config, the pages chosen, and where the board is.

    `snapshot` is None where GitHub is to be asked; `told` then fills with what was asked.
    """

    invocation: Invocation
    tree: Worktree
    config: Config
    rules: tuple[Rules, ...]
    address: BoardAddress
    snapshot: Snapshot | None = None
    told: list[str] = field(default_factory=list)

    @property
    def is_private_allowed(self) -> bool:
        """Whether the config lets private items be shown: one setting for all pages."""
        return any(rules.allow_private for rules in self.config.pages)


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as it was read, or why it was not."""

    rules: Rules
    page: Page | None = None
    error: RoadmapSyncError | None = None


def open_desk(invocation: Invocation, *, are_pages_needed: bool = True) -> Desk:
    """Find the config, choose the pages, and learn where the board is. Raises InputError."""
    tree = Worktree.from_directory(invocation.directory)
    config = _config(invocation, tree)
    if are_pages_needed and not config.pages:
        raise _no_page(config, tree)
    rules = tuple(_allowed(page, invocation) for page in _chosen(invocation, tree, config))
    snapshot = _snapshot(invocation, tree)
    return Desk(invocation, tree, config, rules, _address(invocation, config, snapshot), snapshot)


def open_bare_desk(invocation: Invocation) -> Desk:
    """Do the same without looking for a config: board and pages are those of the command line. Raises InputError."""
    if not invocation.board or not invocation.pages:
        raise InputError(
            f"no {'page' if invocation.board else 'board'} named",
            hint="Name both: roadmap-sync init --board https://github.com/orgs/NAME/projects/N docs/roadmap.md",
        )
    tree = Worktree.from_directory(invocation.directory)
    paths = dict.fromkeys(tree.spelled(page) for page in invocation.pages)
    config = configs.without_config([*paths], _repository(invocation, tree))
    snapshot = _snapshot(invocation, tree)
    return Desk(invocation, tree, config, config.pages, _address(invocation, config, snapshot), snapshot)


def _repository(invocation: Invocation, tree: Worktree) -> str:
    return invocation.environ.get("GITHUB_REPOSITORY") or tree.repository()


def _config(invocation: Invocation, tree: Worktree) -> Config:
    repository = _repository(invocation, tree)
    here = invocation.directory
    path = here / invocation.config if invocation.config else configs.find(here)
    if path is None:
        return configs.without_config([tree.spelled(page) for page in invocation.pages], repository)
    return configs.load(path, invocation.config or path.relative_to(here).as_posix(), repository)


def _no_page(config: Config, tree: Worktree) -> InputError:
    if config.places.shown:
        return InputError("the config names no page", where=config.places.shown, hint='Add: [[pages]] with path = "…"')
    above = (one for one in tree.directory.parents if one.is_relative_to(tree.root) and configs.find(one))
    if top := next(above, None):
        return InputError(
            "no config here, and no page named",
            hint=f"There is one further up; paths are relative to it: cd {os.path.relpath(top, tree.directory)}",
        )
    return InputError(
        "no config here, and no page named",
        hint="Name both: roadmap-sync diff --board https://github.com/orgs/NAME/projects/N docs/roadmap.md",
    )


def _chosen(invocation: Invocation, tree: Worktree, config: Config) -> tuple[Rules, ...]:
    """Return the pages that the command line chooses among the configured ones; all without a choice."""
    known = {rules.path: rules for rules in config.pages}
    wanted = dict.fromkeys(tree.spelled(page) for page in invocation.pages)
    for path in wanted:
        if path not in known:
            raise InputError(
                f'the config does not name the page "{path}"',
                where=config.places.shown,
                hint=suggestion(path, [*known]) + f"It names {', '.join(known) or 'none'}.",
            )
    return tuple(known[path] for path in wanted or known)


def _allowed(rules: Rules, invocation: Invocation) -> Rules:
    return replace(rules, guards={**rules.guards, **invocation.allow})


def is_web(board: str) -> bool:
    """Whether `--board` is a URL rather than a file."""
    return board.lower().startswith(("https://", "http://"))


def _snapshot(invocation: Invocation, tree: Worktree) -> Snapshot | None:
    if not invocation.board or is_web(invocation.board):
        return None
    return Snapshot.from_text(_text(tree.directory / invocation.board, invocation.board), invocation.board)


def _address(invocation: Invocation, config: Config, snapshot: Snapshot | None) -> BoardAddress:
    """Return where the board is. A snapshot stands for the config's board: it says itself where it is another's."""
    if invocation.board and snapshot is None:
        return configs.board_address(invocation.board, "--board")
    if config.board is not None:
        return config.board
    if snapshot is not None:
        return configs.board_address(snapshot.url, invocation.board) if snapshot.url else _NOWHERE
    raise InputError(
        "no board to compare with",
        where=config.places.shown,
        hint='Add: [board] with url = "https://github.com/orgs/NAME/projects/N", or pass --board URL.',
    )


def read_file(desk: Desk, path: str) -> str:
    """Return a text that the command line names. Raises InputError where it cannot be read."""
    return _text(desk.tree.directory / path, path)


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=shown) from None
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte {error.start}", where=shown) from None


def read_pages(desk: Desk) -> tuple[Reading, ...]:
    """Read and locate each chosen page, and hold the config's headings against it."""
    return tuple(_read_page(desk, rules) for rules in desk.rules)


def _read_page(desk: Desk, rules: Rules) -> Reading:
    try:
        data = desk.tree.read(rules.path)
    except RoadmapSyncError as error:
        return Reading(rules, error=error)
    return locate(desk, rules, data)


def dialect_above(tree: Worktree, path: str) -> Dialect | None:
    """Return the dialect that a site's file in a directory above the page announces; None where none does."""
    return next((one for one in DIALECTS if tree.is_below(path, one.sites)), None)


def locate(desk: Desk, rules: Rules, data: bytes) -> Reading:
    """Locate a page in bytes that came from wherever, and hold the config's headings against it."""
    try:
        rules = replace(rules, is_docusaurus=desk.tree.is_docusaurus(rules.path))
        page = parse(data, rules, desk.address.host, dialect_above(desk.tree, rules.path))
        configs.check_headings(desk.config, rules, page)
    except RoadmapSyncError as error:
        return Reading(rules, error=error)
    return Reading(rules, page)


def read_board(desk: Desk, pages: Sequence[Page], *, whole: bool = False) -> Board:
    """Read what the pages need to know of the board, with `whole` every item of it as well.

    Raises InputError where the board has no such Status, and GitHubError where it could not be read.
    """
    boards: list[Board] = []

    async def ask() -> None:
        boards.append(await ask_board(desk, pages, whole=whole))

    # Not as the task's result: to restore Ctrl-C, `asyncio.run` has it written out in full, twice, for nobody.
    asyncio.run(ask())
    return boards[0]


async def ask_board(desk: Desk, pages: Sequence[Page], *, whole: bool = False) -> Board:
    """Do what `read_board` does, for one who is waiting already."""
    question = question_of(
        pages, desk.address, desk.config.status_field, whole=whole, allow_private=desk.is_private_allowed
    )
    board = await _answer(desk, question)
    configs.check_statuses(desk.config, board.options)
    return board


def read_board_with_facts(desk: Desk, pages: Sequence[Page]) -> Board:
    """Read every item of the board, and of those with a Status also the labels, the parent and the like.

    What the board's URL adds limits nothing here. It takes one request more, for the options, and a second look at
    each item; a snapshot tells what it holds. Raises as `read_board` does.
    """
    if desk.snapshot is not None:
        known = {item.id: item.facts for item in desk.snapshot.board.items or ()}
        board = read_board(desk, pages, whole=True)
    else:
        desk = replace(desk, address=replace(desk.address, view=None, query=""))
        options = read_board(desk, []).options
        everything = Area("", filter=parse_filter(_EVERYTHING, where="", status_field=desk.config.status_field))
        asked = [replace(p, rules=replace(p.rules, add=options, areas=(*p.rules.areas, everything))) for p in pages]
        board = read_board(desk, asked, whole=True)
        known = {item.id: item.facts for items in board.candidates.values() for item in items}
    return replace(board, items=tuple(replace(one, facts=known.get(one.id)) for one in board.items or ()))


def read_board_for_lists(desk: Desk, pages: Sequence[Page]) -> Board | None:
    """Read the board; None, and nothing asked, where no page has a checklist or an area or legend to fill."""
    is_asked = any(page.items or page.rules.legend_heading or any(a.adds for a in page.rules.areas) for page in pages)
    return read_board(desk, pages) if is_asked else None


async def _answer(desk: Desk, question: Question) -> Board:
    if desk.snapshot is not None:
        return await SnapshotSource(desk.snapshot).read(question)
    from roadmap_sync.github.client import GitHub

    invocation = desk.invocation
    access = find_access(
        desk.address.host, invocation.environ, invocation.directory, is_terminal=invocation.is_terminal
    )
    with ProgressBar(is_shown=invocation.is_terminal and not invocation.is_quiet) as progress:
        async with GitHub(access.endpoint, access.token.value, deadline=invocation.timeout) as github:
            source = LiveSource(github, concurrency=invocation.concurrency, on_progress=progress.update)
            try:
                return await source.read(question)
            finally:
                desk.told.extend(source.log)


def plan_pages(desk: Desk, readings: Sequence[Reading], board: Board | None) -> Plan:
    """Plan each page from the one board."""
    return Plan(tuple(plan_page(desk, reading, board) for reading in readings), board)


def plan_page(desk: Desk, reading: Reading, board: Board | None) -> PagePlan:
    """Plan a page; one that was not read has its error, one without a checklist nothing to do."""
    page = reading.page
    if page is None or board is None:
        return PagePlan(reading.rules.path, page, error=reading.error)
    is_adding = any(board.candidates.get(query) for query in queries(page.rules))
    # A plan of a long page makes many values and no cycles: looking for them is most of what would not grow evenly.
    gc.disable()
    try:
        return make_page_plan(page, board, _history(desk, page) if is_adding else History())
    finally:
        gc.enable()


def _history(desk: Desk, page: Page) -> History:
    """Return what earlier versions of a page referred to: a line that a person deleted stays deleted."""
    versions, is_complete = desk.tree.earlier_versions(page.path)
    return history_of((one.decode(errors="replace") for one in versions), page, is_complete=is_complete)


def load_plan(invocation: Invocation) -> tuple[Desk, Plan]:
    """Do all of it: from what the person typed to the plan."""
    desk = open_desk(invocation)
    readings = read_pages(desk)
    board = read_board_for_lists(desk, [reading.page for reading in readings if reading.page])
    return desk, plan_pages(desk, readings, board)


def remarks_of(desk: Desk, board: Board | None) -> tuple[str, ...]:
    """Return what a person should know of the run besides the plan: with `-v`, what it cost."""
    return tuple(_costs(desk, board)) if desk.invocation.is_verbose else ()


def _costs(desk: Desk, board: Board | None) -> Iterator[str]:
    """Yield what was asked and what it cost."""
    yield from desk.told
    if board is not None:
        read = board.read
        asked = f"{cost_of(read)}, {count(read.items, 'board item')}"
        yield f"{board.url} ({board.source}): {asked}"
