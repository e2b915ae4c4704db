"""Owns `doctor`: it checks a set-up from the config to writing, one thing after the other.

What is found is judged in github/setup.py. What cannot be checked because something before it is broken is reported
as not looked at, never as right. Does not say whether a page is in step.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from roadmap_sync.board.filters import facts_of
from roadmap_sync.commands.desk import Desk, PageFile, open_desk, read_board, read_pages
from roadmap_sync.commands.outcome import Invocation, Outcome, too_few_places
from roadmap_sync.errors import Exit, RoadmapSyncError, quoted
from roadmap_sync.github import setup
from roadmap_sync.github.access import Access, Token, hide_tokens
from roadmap_sync.github.queries import document
from roadmap_sync.github.setup import Finding
from roadmap_sync.page.model import Page
from roadmap_sync.plan.plan import PagePlan, question_of
from roadmap_sync.reading.answers import Answer
from roadmap_sync.references import Reference
from roadmap_sync.report.words import count

if TYPE_CHECKING:
    from roadmap_sync.github.client import GitHub

_BEHIND_CONFIG = ("pages", "places", "token", "sign-on", "board", "status", "references", "writing", "rate limit")


@dataclass(slots=True)
class _Asked:
    """What GitHub answered about the two tokens, and the errors of questions that failed."""

    reader: Answer | RoadmapSyncError | None = None
    door: Answer | RoadmapSyncError | None = None
    writer: Answer | RoadmapSyncError | None = None
    homes: dict[str, Answer | RoadmapSyncError] = field(default_factory=dict)


def run(invocation: Invocation) -> Outcome:
    """Check everything; the result has a line for each thing."""
    told: list[str] = []
    findings = tuple(_findings(invocation, told))
    code = setup.exit_of(findings)
    wrong = sum(finding.exit not in {Exit.OK, None} for finding in findings)
    open_ = sum(finding.exit is None for finding in findings)
    counts = [f"{wrong} wrong" if wrong else "nothing is wrong", *([f"{open_} not looked at"] if open_ else [])]
    # GitHub's words may hold either token, and each client hides only the one that it sends.
    text = hide_tokens(setup.render(findings), invocation.environ, invocation.directory)
    said = (*(told if invocation.is_verbose else ()), f"The set-up: {', '.join(counts)}.")
    return Outcome(code, text.encode(), said, told=f"```\n{text}```\n\n")


def _findings(invocation: Invocation, told: list[str]) -> Iterator[Finding]:
    """Yield what is found; `told` gets what was asked of GitHub."""
    try:
        desk = replace(open_desk(invocation), told=told)
    except RoadmapSyncError as error:
        yield setup.of_error("config", error)
        yield from (setup.not_looked_at(what, "the config comes first") for what in _BEHIND_CONFIG)
        return
    pages = ", ".join(rules.path for rules in desk.rules)
    yield Finding("config", f"{desk.config.places.shown or 'none'}; {pages}; {desk.address.url}")
    try:
        files = read_pages(desk)
    except RoadmapSyncError as error:
        yield setup.of_error("page", error)
        yield from (setup.not_looked_at(what, "the page comes first") for what in _BEHIND_CONFIG[1:])
        return
    yield from map(_of_page, files)
    yield from (_of_places(file.page) for file in files if file.page)
    if desk.snapshot is not None:
        because = "the board is a file"
        yield from (setup.not_looked_at(what, because) for what in ("token", "sign-on", "board"))
        yield from _of_reading(desk, files)
        yield from (setup.not_looked_at(what, because) for what in ("writing", "rate limit"))
        return
    yield from _of_github(desk, files)


def _of_page(file: PageFile) -> Finding:
    page = file.page
    if page is None:
        error = file.error or RoadmapSyncError("not read", where=file.rules.path)
        return setup.of_error("page", error)
    referenced = sum(bool(item.references) for item in page.items)
    said = f"{count(len(page.items), 'box', 'boxes')}, {referenced} with a reference" if page.items else "no checklist"
    gone = quoted(area.heading for area in file.rules.areas if not page.find_sections(area.heading))
    there = f"{gone} of the config is not there, and adds nothing" if gone else "every heading of the config is there"
    return Finding("page", f"{file.rules.path}: {said}; {there}")


def _of_places(page: Page) -> Finding:
    """Judge whether a page has as many places to judge as its config expects."""
    plan = PagePlan(page.path, page)
    if error := too_few_places(plan):
        return setup.of_error("places", error)
    wanted = page.rules.min_references
    return Finding("places", f"{page.path}: {count(plan.places, 'place')} to judge; min_references is {wanted}")


def _of_github(desk: Desk, files: tuple[PageFile, ...]) -> Iterator[Finding]:
    try:
        access = desk.access()
        writer = desk.write_access() or access
    except RoadmapSyncError as error:
        yield setup.of_error("token", error)
        yield from (setup.not_looked_at(what, "there is no token to ask with") for what in _BEHIND_CONFIG[3:])
        return
    asked = asyncio.run(_ask(desk, access, writer))
    if not isinstance(asked.reader, Answer):
        yield setup.of_error("token", _error(asked.reader))
        yield from (setup.not_looked_at(what, "the token comes first") for what in _BEHIND_CONFIG[3:])
        return
    kind = setup.kind_of(access.token.value, access.token.source, asked.reader)
    question = question_of([file.page for file in files if file.page], desk.address, desk.config.status_field)
    # By a filter of the config or of the board's address; what a view asks for is not known yet.
    is_team_asked = "reviewers" in (facts_of(question) or ())
    yield setup.of_token(kind, access.token.source, asked.reader, is_team_asked=is_team_asked)
    yield from _of_board(desk, files, asked, kind)
    yield from _of_writing(desk, asked, writer.token)
    yield setup.of_rate(asked.reader)


def _of_board(desk: Desk, files: tuple[PageFile, ...], asked: _Asked, kind: setup.Kind) -> Iterator[Finding]:
    if isinstance(asked.door, Answer):
        found = setup.of_board(asked.door, desk.address, kind)
    else:
        found = [setup.not_looked_at("sign-on", "GitHub refused"), setup.of_error("board", _error(asked.door))]
    yield from found
    if all(finding.exit is Exit.OK for finding in found):
        yield from _of_reading(desk, files)
    else:
        because = "the board could not be read"
        yield from (setup.not_looked_at(what, because) for what in ("status", "references"))


def _of_reading(desk: Desk, files: tuple[PageFile, ...]) -> Iterator[Finding]:
    """Read the board as every command does; that tells what is wrong with its Status field."""
    pages = [file.page for file in files if file.page]
    try:
        board = read_board(desk, pages)
    except RoadmapSyncError as error:
        yield setup.of_error("status", error)
        yield setup.not_looked_at("references", "the board could not be read")
        return
    yield Finding("status", f'"{board.status_field}": {", ".join(board.options)}')
    references: dict[str, Reference] = {}
    for page in pages:
        for item in page.items:
            references.update({reference.key: reference for reference in item.references})
    yield setup.of_references(board, [*references.values()])


def _of_writing(desk: Desk, asked: _Asked, writer: Token) -> Iterator[Finding]:
    if not isinstance(asked.writer, Answer):
        yield setup.of_error("writing", _error(asked.writer))
        return
    kind = setup.kind_of(writer.value, writer.source, asked.writer)
    is_needed = desk.invocation.environ.get("GITHUB_ACTIONS") == "true"
    for name, home in asked.homes.items():
        if isinstance(home, Answer):
            yield setup.of_writing(home, kind, name, is_needed=is_needed)
        else:
            yield setup.of_error("writing", home)
    if not asked.homes:
        yield setup.not_looked_at("writing", "no page says of which repository it is")


def _error(error: RoadmapSyncError | Answer | None) -> RoadmapSyncError:
    return error if isinstance(error, RoadmapSyncError) else RoadmapSyncError("it was not asked")


async def _ask(desk: Desk, access: Access, writer: Access) -> _Asked:
    """Ask GitHub about both tokens. Nothing is tried again: what does not work now is to be reported."""
    from roadmap_sync.github.client import GitHub

    asked = _Asked()
    address, deadline = desk.address, desk.invocation.timeout
    async with GitHub(access.endpoint, access.token.value, deadline=deadline) as github:
        asked.reader = await _answer(desk, github, "whoami")
        if isinstance(asked.reader, Answer):
            asked.door = await _answer(desk, github, "board_visibility", owner=address.owner, number=address.number)
    async with GitHub(writer.endpoint, writer.token.value, deadline=deadline) as github:
        asked.writer = await _answer(desk, github, "whoami")
        if isinstance(asked.writer, Answer):
            for repository in dict.fromkeys(rules.repository for rules in desk.rules if rules.repository):
                owner, _, name = repository.partition("/")
                asked.homes[repository] = await _answer(desk, github, "repository_permissions", owner=owner, name=name)
    return asked


async def _answer(desk: Desk, github: "GitHub", asked: str, **variables: object) -> Answer | RoadmapSyncError:
    desk.told.append(f"{asked}: 1 request")
    try:
        return await github.send(document(asked), variables, tries=1)
    except RoadmapSyncError as error:
        return error
