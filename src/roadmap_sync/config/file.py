"""Owns the config: where it is looked for, what its keys mean, and which line an error is about.

Makes the Rules of each page from TOML, and checks them against the page's headings and the board's options.
Must not know git, tokens or GitHub. A key that is not known is an error, never ignored.
"""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from roadmap_sync.board import filters
from roadmap_sync.board.question import BoardAddress
from roadmap_sync.config.lines import KeyPath
from roadmap_sync.config.tables import (
    AreaTable,
    ConfigTable,
    PageTable,
    Places,
    PullRequestTable,
    check_tables,
    guard_key,
    read_toml,
    suggestion,
)
from roadmap_sync.errors import InputError, quoted
from roadmap_sync.page.model import Page, Section
from roadmap_sync.plan.kinds import KINDS
from roadmap_sync.references import from_name, from_url, is_repository, is_short
from roadmap_sync.rules import NOTE_LEVELS, STATUS_FIELD, Area, Lifecycle, Rules
from roadmap_sync.worktree import CONFIG_BYTES, Worktree, read_text

#: Looked for in the working directory, in this order; the last only counts with a `[board]` table.
NAMES = (".github/roadmap-sync.toml", "roadmap-sync.toml", "config.toml")

_BOARD_PATH = re.compile(
    r"/(orgs|users)/([A-Za-z0-9][A-Za-z0-9_-]*)/projects/([1-9]\d{0,8})(?:/views/([1-9]\d{0,8}))?/?"
)
_BOARD_TABLE = re.compile(r"^\s*\[\s*board\s*\]", re.MULTILINE)
#: What git allows in no branch (https://git-scm.com/docs/git-check-ref-format).
_NO_BRANCH = re.compile(r"[\0-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\A[./-]|[./]\Z|\.lock(?:/|\Z)|\A@\Z")
#: A backslash, and what TOML makes of one in a text in double quotes.
_NO_PATH = re.compile(r"[\0-\x1f\x7f\\]")
_ESCAPED = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r", "\x1b": "e"}
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class PullRequestOptions:
    """What the config asks of the pull request that carries the changes."""

    branch: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """What the config asks for. Without one, `places.shown` is empty and the pages are those of the command line."""

    places: Places
    board: BoardAddress | None
    status_field: str
    pages: tuple[Rules, ...]
    pull_request: PullRequestOptions

    @classmethod
    def from_text(cls, text: str, shown: str, default_repository: str = "") -> Self:
        """Return the config that a TOML text is. `shown` is its file's name in messages.

        `default_repository` is used where a page names none. Raises InputError with the line of whatever is wrong.
        """
        return cls.from_values(*read_toml(text, shown), default_repository)

    @classmethod
    def from_values(cls, values: Mapping[str, Any], places: Places, default_repository: str = "") -> Self:
        """Return the config that the values of a TOML text are; `places` tells their lines. Raises as `from_text`."""
        table = check_tables(values, places)
        board = board_address(table.board.url, places.where(("board", "url"))) if table.board else None
        return cls(
            places=places,
            board=board,
            status_field=_status_field(table),
            pages=tuple(_pages(table, board, places, default_repository)),
            pull_request=_pull_request(table.pull_request, places),
        )

    @classmethod
    def from_paths(cls, paths: Sequence[str], repository: str = "") -> Self:
        """Return the config of a run that has none: ticks only, on the pages of the command line."""
        return cls.from_values({"pages": [{"path": path} for path in dict.fromkeys(paths)]}, Places(), repository)


def find_config(directory: Path) -> Path | None:
    """Return the config of a working directory, or None. `config.toml` may be another program's.

    Raises InputError for one that is no file of the tree, or cannot be read.
    """
    tree = Worktree.from_directory(directory)
    for name in NAMES:
        path = directory / name
        if tree.supplied(path) and (name != "config.toml" or _has_board(path)):
            return path
    return None


def _has_board(path: Path) -> bool:
    """Whether a config.toml is ours. One with a TOML error counts if it looks like ours, so that the error is told."""
    text = read_text(path, path.name, most=CONFIG_BYTES)
    try:
        return "board" in tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return _BOARD_TABLE.search(text) is not None


def board_address(url: str, where: str) -> BoardAddress:
    """Return a board's address from the URL that a browser shows.

    Raises InputError for any other URL than that of an organisation's or a user's project.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        raise _no_board(url, where) from None
    host = f"[{host}]" if ":" in host else host
    path = _BOARD_PATH.fullmatch(parts.path)
    is_web = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if path is None or not host or not is_web or parts.username is not None:
        raise _no_board(url, where)
    query = parse_qs(parts.query)
    netloc = f"{host}:{port}" if port else host
    return BoardAddress(
        url=f"{parts.scheme}://{netloc}/{path[1]}/{path[2]}/projects/{path[3]}",
        host=netloc,
        owner=path[2],
        number=int(path[3]),
        view=int(path[4]) if path[4] else None,
        query=(query.get("filterQuery") or query.get("query") or [""])[-1],
    )


def _no_board(url: str, where: str) -> InputError:
    return InputError(
        f'"{url}" is not the address of a GitHub project',
        where=where,
        hint="Copy it from the browser: https://github.com/orgs/NAME/projects/N or …/users/NAME/projects/N.",
    )


def check_headings(config: Config, rules: Rules, page: Page) -> None:
    """Check that the page has each heading that the config names, exactly once.

    Raises InputError with the config's line of the first that is missing or ambiguous. The heading of an area that adds
    and tracks nothing may be missing: nothing depends on it.
    """
    index = next(number for number, known in enumerate(config.pages) if known.path == rules.path)
    at: KeyPath = ("pages", index)
    for number, heading in enumerate(rules.sections):
        _section(page, heading, config.places.where((*at, "sections", number)))
    areas = [
        _section(page, area.heading, config.places.where((*at, "areas", number, "heading")))
        for number, area in enumerate(rules.areas)
        if area.adds or area.tracking or page.find_sections(area.heading)
    ]
    if rules.legend_heading:
        _section(page, rules.legend_heading, config.places.where((*at, "legend", "heading")))
    for key in ("launched_heading", "dropped_heading"):
        if heading := getattr(rules.lifecycle, key):
            where = config.places.where((*at, "lifecycle", key))
            _check_level(_section(page, heading, where), areas, where)


def _check_level(lifecycle: Section, areas: Sequence[Section], where: str) -> None:
    for area in areas:
        is_settled = lifecycle.line <= area.line <= lifecycle.end_line
        if area.level <= lifecycle.level and not is_settled:
            raise InputError(
                f'the heading "{lifecycle.name}" is not above the level of the area "{area.name}" (line {area.line})',
                where=where,
                hint="A finished area moves under it as a whole, so it needs fewer # than the areas.",
            )


def _section(page: Page, heading: str, where: str) -> Section:
    found = page.find_sections(heading)
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(f'"{section.name}" (line {section.line})' for section in found)
        raise InputError(
            f'"{heading}" names {len(found)} headings in {page.path}',
            where=where,
            hint=f"Write more of the path: {some}.",
        )
    near = _nearest_section(page, heading)
    known = [f'"{section.name}"' for section in page.sections[:5]]
    hint = f"Its headings begin with {', '.join(known)}." if known else "The page has no headings."
    raise InputError(
        f'no heading "{heading}" in {page.path}',
        where=where,
        hint=f'Did you mean "{near.name}" (line {near.line})?' if near else hint,
    )


def _nearest_section(page: Page, heading: str) -> Section | None:
    """Return the section whose title, or else whose path, is spelled most like what was asked for."""
    by_text: dict[str, Section] = {}
    for section in page.sections:
        by_text.setdefault(section.path[-1].casefold(), section)
        by_text.setdefault(section.name.casefold(), section)
    last = heading.split(" > ")[-1].strip()
    near = [get_close_matches(text.casefold(), by_text, 1) for text in (heading, last)]
    return next((by_text[texts[0]] for texts in near if texts), None)


def check_statuses(config: Config, options: Sequence[str]) -> None:
    """Check that the board has each Status that the config names.

    Raises InputError with the config's line of the first that it does not have.
    """
    if not config.pages:
        return
    rules = config.pages[0]
    offered = f"The options are {quoted(options)}." if options else "It has no options."
    named = {"done": rules.done or (), "add": rules.add, "launched": rules.launched}
    for key, statuses in named.items():
        for number, status in enumerate(statuses):
            if status not in options:
                raise InputError(
                    f'no option "{status}" in the board\'s field "{config.status_field}"',
                    where=config.places.where(("statuses", key, number)),
                    hint=suggestion(status, options) + offered,
                )


def _pages(table: ConfigTable, board: BoardAddress | None, places: Places, default: str) -> Iterator[Rules]:
    shared = _shared(table, places)
    host = board.host if board else "github.com"
    status_field = _status_field(table)
    paths: set[str] = set()
    for index, page in enumerate(table.pages):
        at: KeyPath = ("pages", index)
        path = page.path.removeprefix("./")
        if path in paths:
            raise InputError(
                f'the page "{path}" is named twice', where=places.where((*at, "path")), hint="Name each page once."
            )
        if _NO_PATH.search(path):
            meant = _NO_PATH.sub(lambda sign: f"/{_ESCAPED.get(sign[0], '')}", path)
            where = places.where((*at, "path"))
            raise InputError("a path is written with /, not with a backslash", where=where, hint=f'Write "{meant}".')
        paths.add(path)
        _check_page(page, at, host, places)
        yield Rules(
            path=path,
            repository=(page.repository or default).removesuffix(".wiki"),
            repository_written=bool(page.repository),
            is_wiki=(page.repository or default).endswith(".wiki") or default.endswith(".wiki"),
            dialect=page.dialect,
            short_references=page.short_references,
            min_references=page.min_references,
            sections=tuple(page.sections),
            line=page.line,
            lifecycle=Lifecycle(**page.lifecycle.model_dump()),
            legend_heading=page.legend.heading if page.legend else "",
            areas=tuple(_area(area, (*at, "areas", n), places, status_field) for n, area in enumerate(page.areas)),
            **shared,
        )


def _status_field(table: ConfigTable) -> str:
    return table.board.status_field if table.board else STATUS_FIELD


def _area(area: AreaTable, at: KeyPath, places: Places, status_field: str) -> Area:
    where = places.where((*at, "filter" if area.filter else "view" if area.view else "heading"))
    judged = filters.parse(area.filter, where=where, status_field=status_field) if area.filter else None
    return Area(area.heading, area.label, judged, area.view, area.tracking, tuple(area.excluded), where)


def _pull_request(table: PullRequestTable, places: Places) -> PullRequestOptions:
    if _NO_BRANCH.search(table.branch):
        raise InputError(
            f'"{table.branch}" is not a valid branch name',
            where=places.where(("pull_request", "branch")),
            hint='For example "roadmap-sync"; the rules: https://git-scm.com/docs/git-check-ref-format',
        )
    return PullRequestOptions(table.branch, tuple(table.labels), tuple(table.reviewers), table.draft)


def _shared(table: ConfigTable, places: Places) -> dict[str, Any]:
    """Return the settings that hold for all pages; of the guards those that are set."""
    for number, kind in enumerate(table.notes.hide):
        if kind not in NOTE_LEVELS:
            raise InputError(
                f'there is no kind of note "{kind}"',
                where=places.where(("notes", "hide", number)),
                hint=suggestion(kind, [*NOTE_LEVELS]) + f"The kinds are {quoted([*NOTE_LEVELS])}.",
            )
    keys = [(kind, guard_key(kind)) for kind in KINDS]
    settings = {**table.statuses.model_dump(), **table.policy.model_dump()}
    return {
        **{key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()},
        "guards": {kind.name: getattr(table.guards, key) for kind, key in keys if key in table.guards.model_fields_set},
        "hidden_notes": frozenset(table.notes.hide),
    }


def _check_page(page: PageTable, at: KeyPath, host: str, places: Places) -> None:
    """Check what types cannot say. Raises InputError with the line."""
    if page.repository and not is_repository(page.repository):
        raise InputError(
            f'"{page.repository}" is not owner/name',
            where=places.where((*at, "repository")),
            hint='For example "octocat/hello".',
        )
    if page.short_references and not page.repository:
        raise _needs_repository("short_references", places.where((*at, "short_references")))
    _check_template(page.line, places.where((*at, "line")))
    for number, area in enumerate(page.areas):
        area_at: KeyPath = (*at, "areas", number)
        if area.filter and area.view:
            raise InputError(
                "an area has a filter and a view",
                where=places.where((*area_at, "view")),
                hint="Remove one of them.",
            )
        if area.tracking:
            _check_reference(area.tracking, page.repository, host, places.where((*area_at, "tracking")))
        for place, name in enumerate(area.excluded):
            _check_reference(name, page.repository, host, places.where((*area_at, "except", place)))


def _check_reference(name: str, repository: str, host: str, where: str) -> None:
    if is_short(name) and not repository:
        raise _needs_repository(f'"{name}"', where)
    if from_name(name, repository) is None and from_url(name, host) is None:
        raise InputError(
            f'"{name}" is not an issue or pull request',
            where=where,
            hint=f"Write #N, owner/repo#N, or a link to an issue or pull request on {host}.",
        )


def _needs_repository(what: str, where: str) -> InputError:
    return InputError(
        f"{what} needs the page's repository to be written",
        where=where,
        hint='Add `repository = "owner/name"` to [[pages]]: the git remote is not enough for this.',
    )


def _check_template(line: str, where: str) -> None:
    """Check that an added line's template is one line with well-formed `{field}` places."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(line) if name is not None]
    except ValueError as error:
        raise InputError(f"{error}", where=where, hint="Write {{ for { and }} for }.") from None
    if not all(names) or "\n" in line or "\r" in line:
        raise InputError(
            "`line` must be one line, with a name in each {…}", where=where, hint='For example "[{title}]({url})".'
        )
