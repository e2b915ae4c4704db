"""Owns what comes before every plan: the config is found, the pages are chosen and read, the board is read once.

A page that cannot be read is kept as its error, so that the other pages are still handled.
"""

import asyncio
import gc
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from roadmap_sync.board import filters
from roadmap_sync.board.model import Board
from roadmap_sync.board.question import NOWHERE, BoardAddress, Question
from roadmap_sync.children import GitError
from roadmap_sync.commands.outcome import Invocation
from roadmap_sync.commands.progress import ProgressBar
from roadmap_sync.config.file import NAMES, Config, board_address, check_headings, check_statuses, find_config
from roadmap_sync.config.tables import suggestion
from roadmap_sync.errors import InputError, RoadmapSyncError, quoted
from roadmap_sync.github.access import Access, find_access, find_endpoint, find_write_token, read_dotenv
from roadmap_sync.github.source import LiveSource, read_snapshot
from roadmap_sync.page.dialects import DIALECTS
from roadmap_sync.page.history import History, history_of
from roadmap_sync.page.model import Page
from roadmap_sync.page.parse import parse
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.plan import PagePlan, Plan, make_page_plan, question_of
from roadmap_sync.reading.snapshot import Snapshot, loads
from roadmap_sync.references import is_repository
from roadmap_sync.report.words import cost_of, count
from roadmap_sync.rules import Area, Rules
from roadmap_sync.worktree import CONFIG_BYTES, Worktree, read_text

#: What is known of a board that no page needs: nothing.
_UNASKED = Board(url="", title="", public=None, status_field="", options=(), answers={})

#: A filter that every item meets, in GitHub's syntax.
_EVERYTHING = "is:issue,pr,draft"


@dataclass(slots=True)
class Desk:
    """A command's inputs: the invocation, the work tree, the config, the chosen pages, the board's address.

    `snapshot` is None where GitHub is to be asked. Not frozen: each reading adds to `told` which documents it sent,
    and what they cost.
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
        """Whether the config lets private items be shown; one setting holds for all pages."""
        return any(rules.allow_private for rules in self.config.pages)

    @property
    def places(self) -> tuple[str, ...]:
        """Return the chosen pages' paths from the top of the repository."""
        above = self.tree.directory.relative_to(self.tree.root)
        return tuple((above / rules.path).as_posix() for rules in self.rules)

    def access(self) -> Access:
        """Return how to read the board. Raises InputError where its host is nobody's, or there is no token."""
        given = self.invocation
        return find_access(self.address.host, given.environ, given.directory, is_terminal=given.is_terminal)

    def write_access(self) -> Access | None:
        """Return how to write to the repository; None without a token in the environment. Raises InputError."""
        given = self.invocation
        token = find_write_token(given.environ, read_dotenv(given.directory))
        return Access(find_endpoint(self.address.host, given.environ), token) if token else None


@dataclass(frozen=True, slots=True)
class PageFile:
    """A configured page: parsed, or the error that says why it could not be read."""

    rules: Rules
    page: Page | None = None
    error: RoadmapSyncError | None = None


def open_desk(invocation: Invocation, *, are_pages_needed: bool = True) -> Desk:
    """Find the config, choose the pages, and find out which board they follow. Raises InputError."""
    tree = Worktree.from_directory(invocation.directory)
    config = _config(invocation, tree)
    if are_pages_needed and not config.pages:
        raise _no_page(config, tree)
    chosen = _chosen(invocation, tree, config)
    rules = tuple(replace(one, guards={**one.guards, **invocation.allow}) for one in chosen)
    snapshot = _snapshot(invocation, tree)
    return Desk(invocation, tree, config, rules, _address(invocation, config, snapshot), snapshot)


def open_bare_desk(invocation: Invocation) -> Desk:
    """Return the desk for `init`: no config is looked for, board and pages come from the command line.

    Raises InputError where either is missing.
    """
    if not invocation.board or not invocation.pages:
        raise InputError(
            f"no {'page' if invocation.board else 'board'} named",
            hint="Name both: roadmap-sync init --board https://github.com/orgs/NAME/projects/N docs/roadmap.md",
        )
    tree = Worktree.from_directory(invocation.directory)
    paths = dict.fromkeys(tree.spelled(page) for page in invocation.pages)
    config = Config.from_paths([*paths], _repository(invocation, tree))
    snapshot = _snapshot(invocation, tree)
    return Desk(invocation, tree, config, config.pages, _address(invocation, config, snapshot), snapshot)


def _repository(invocation: Invocation, tree: Worktree) -> str:
    name = invocation.environ.get("GITHUB_REPOSITORY") or tree.repository()
    if name and not is_repository(name):
        raise InputError(f'"{name}" is no owner/name', where="GITHUB_REPOSITORY", hint="Correct it, or unset it.")
    return name


def _config(invocation: Invocation, tree: Worktree) -> Config:
    repository = _repository(invocation, tree)
    here = invocation.directory
    path = here / invocation.config if invocation.config else find_config(here)
    if path is None:
        return Config.from_paths([tree.spelled(page) for page in invocation.pages], repository)
    shown = invocation.config or path.relative_to(here).as_posix()
    hint = f"Without --config, {quoted(NAMES)} are looked for."
    return Config.from_text(read_text(path, shown, most=CONFIG_BYTES, hint=hint), shown, repository)


def _no_page(config: Config, tree: Worktree) -> InputError:
    if config.places.shown:
        return InputError("the config names no page", where=config.places.shown, hint='Add: [[pages]] with path = "…"')
    above = (one for one in tree.directory.parents if one.is_relative_to(tree.root) and find_config(one))
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
    """Return the configured pages that the command line names; all of them where it names none."""
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


def _snapshot(invocation: Invocation, tree: Worktree) -> Snapshot | None:
    if not invocation.board or invocation.board.lower().startswith(("https://", "http://")):
        return None
    hint = f"Record the board first: roadmap-sync snapshot {invocation.board}"
    return loads(read_text(tree.directory / invocation.board, invocation.board, hint=hint), invocation.board)


def _address(invocation: Invocation, config: Config, snapshot: Snapshot | None) -> BoardAddress:
    """Return the board's address. With a snapshot it is the config's; reading checks that both are the same board."""
    if invocation.board and snapshot is None:
        return board_address(invocation.board, "--board")
    if config.board is not None:
        return config.board
    if snapshot is not None:
        return board_address(snapshot.board.url, invocation.board) if snapshot.board.url else NOWHERE
    raise InputError(
        "no board to compare with",
        where=config.places.shown,
        hint='Add: [board] with url = "https://github.com/orgs/NAME/projects/N", or pass --board URL.',
    )


def read_pages(desk: Desk) -> tuple[PageFile, ...]:
    """Read and parse each chosen page, and check that it has the headings that the config names.

    Raises InputError where a page that the command line names is not there: a word that was meant otherwise is found
    out before anything is asked or written.
    """
    return tuple(_read_page(desk, rules) for rules in desk.rules)


def _read_page(desk: Desk, rules: Rules) -> PageFile:
    try:
        data = desk.tree.read(rules.path)
    except RoadmapSyncError as error:
        if desk.invocation.pages:
            raise
        return PageFile(rules, error=error)
    return page_file(desk, rules, data)


def parsed(desk: Desk, rules: Rules, data: bytes) -> Page:
    """Parse a page from bytes, whatever their origin, in the dialect that a site's file above it announces, if any.

    Raises InputError.
    """
    rules = replace(rules, is_docusaurus=desk.tree.is_docusaurus(rules.path))
    dialect = next((one for one in DIALECTS if desk.tree.is_below(rules.path, one.sites)), None)
    return parse(data, rules, desk.address.host, dialect)


def locate(desk: Desk, rules: Rules, data: bytes) -> Page:
    """Parse a page, and check that it has the headings that the config names. Raises InputError."""
    page = parsed(desk, rules, data)
    check_headings(desk.config, page.rules, page)
    return page


def page_file(desk: Desk, rules: Rules, data: bytes) -> PageFile:
    """Return the page that `locate` finds in bytes, or its error."""
    try:
        page = locate(desk, rules, data)
    except RoadmapSyncError as error:
        return PageFile(rules, error=error)
    return PageFile(page.rules, page)


def read_board(desk: Desk, pages: Sequence[Page], *, whole: bool = False) -> Board:
    """Read what the pages need from the board; with `whole`, every item of the board as well.

    Raises InputError where the board has no such Status, and GitHubError where it could not be read.
    """
    boards: list[Board] = []

    async def ask() -> None:
        boards.append(await ask_board(desk, pages, whole=whole))

    # Passed through a list: asyncio's Ctrl-C handling calls repr() on a task's result, slow for a large board.
    asyncio.run(ask())
    return boards[0]


async def ask_board(desk: Desk, pages: Sequence[Page], *, whole: bool = False) -> Board:
    """Read the board as `read_board` does, for callers inside an event loop."""
    question = question_of(
        pages, desk.address, desk.config.status_field, whole=whole, allow_private=desk.is_private_allowed
    )
    board = await _answer(desk, question)
    cost = f"{cost_of(board.read)}, {count(board.read.items, 'board item')}"
    desk.told.append(f"{board.url} ({board.source}): {cost}")
    check_statuses(desk.config, board.options)
    return board


def read_board_with_facts(desk: Desk, pages: Sequence[Page]) -> Board:
    """Read every item of the board, and for those with a Status also their facts: labels, parent and the like.

    A view or query in the board's URL does not limit this. It takes one more request, for the Status options, and
    reads each item a second time; from a snapshot come the facts that it holds. Raises as `read_board` does.
    """
    if desk.snapshot is not None:
        known = {item.id: item.facts for item in desk.snapshot.board.items or ()}
        board = read_board(desk, pages, whole=True)
    else:
        desk = replace(desk, address=replace(desk.address, view=None, query=""))
        options = read_board(desk, []).options
        everything = Area("", filter=filters.parse(_EVERYTHING, where="", status_field=desk.config.status_field))
        asked = [replace(p, rules=replace(p.rules, add=options, areas=(*p.rules.areas, everything))) for p in pages]
        board = read_board(desk, asked, whole=True)
        known = {item.id: item.facts for items in board.candidates.values() for item in items}
    return replace(board, items=tuple(replace(one, facts=known.get(one.id)) for one in board.items or ()))


def read_board_for_lists(desk: Desk, pages: Sequence[Page]) -> Board | None:
    """Read the board; return None without asking where no page has a checklist, an area of the board or a legend."""
    is_needed = any(
        page.items or page.rules.legend_heading or any(area.adds or area.tracking for area in page.rules.areas)
        for page in pages
    )
    return read_board(desk, pages) if is_needed else None


async def _answer(desk: Desk, question: Question) -> Board:
    if desk.snapshot is not None:
        return read_snapshot(desk.snapshot, question)
    from roadmap_sync.github.client import GitHub

    invocation, access = desk.invocation, desk.access()
    with ProgressBar(is_shown=invocation.is_terminal and not invocation.is_quiet) as progress:
        async with GitHub(access.endpoint, access.token.value, deadline=invocation.timeout) as github:
            source = LiveSource(github, concurrency=invocation.concurrency, on_progress=progress.update)
            try:
                return await source.read(question)
            finally:
                desk.told.extend(source.log)


def plan_pages(desk: Desk, files: Sequence[PageFile], board: Board | None) -> Plan:
    """Plan each page against the board."""
    return Plan(tuple(plan_page(desk, file, board) for file in files), board)


def plan_page(desk: Desk, file: PageFile, board: Board | None) -> PagePlan:
    """Plan a page. The plan of a page that could not be read holds the error."""
    page = file.page
    if page is None:
        return PagePlan(file.rules.path, page, error=file.error)
    if board is None:
        return replace(make_page_plan(page, _UNASKED), guessed_done=None)
    is_adding = any(board.candidates.get(query) for query in queries(page.rules))
    # Planning makes many objects and no cycles. The collector's passes over them would make the time grow faster
    # than the page does.
    gc.disable()
    try:
        return make_page_plan(page, board, _history(desk, page) if is_adding else History())
    finally:
        gc.enable()


def _history(desk: Desk, page: Page) -> History:
    """Return the references of the page's earlier versions, so that a line that a person deleted stays deleted."""
    versions = desk.tree.earlier_versions(page.path)
    try:
        return history_of((version.decode(errors="replace") for version in versions), page)
    except GitError as error:
        return History(gap=f"{error.what} ({error.hint})")


def load_plan(invocation: Invocation) -> tuple[Desk, Plan]:
    """Read the config, the pages and the board, and make the plan."""
    desk = open_desk(invocation)
    files = read_pages(desk)
    board = read_board_for_lists(desk, [file.page for file in files if file.page])
    return desk, plan_pages(desk, files, board)


def remarks_of(desk: Desk) -> tuple[str, ...]:
    """Return, with `-v`, the lines that say what was asked of GitHub and what it cost."""
    return tuple(desk.told) if desk.invocation.is_verbose else ()
