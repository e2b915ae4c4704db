"""Owns `diff --to comment`: what a pull request causes, in one comment there; in the log where none may be made.

The page is the checkout's. In a run that follows another (`workflow_run`) it is the pull request's own, read through
the API: no files of a stranger are checked out in a job that has secrets. The base is read through the API as well,
so a shallow checkout is enough. Without a token it comes from git.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from roadmap_sync.children import GitError
from roadmap_sync.commands.base_revision import against, base_of
from roadmap_sync.commands.desk import (
    Desk,
    PageFile,
    open_desk,
    page_file,
    plan_pages,
    read_board_for_lists,
    read_pages,
    remarks_of,
)
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show
from roadmap_sync.errors import Exit, GitHubError, InputError, worst
from roadmap_sync.github.access import hide_tokens
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.discussion import Discussion, ReadOnlyError, Seen, number_of_head
from roadmap_sync.plan.plan import Plan
from roadmap_sync.publishers.delivery import Preview
from roadmap_sync.publishers.destinations import PREVIEWS
from roadmap_sync.report import json
from roadmap_sync.report.comment import Suggestion, key_of, render, suggestions
from roadmap_sync.report.summary import summary
from roadmap_sync.runner.event import PullRequestEvent, RunEvent, from_text
from roadmap_sync.worktree import NoRevisionError, read_text

_T = TypeVar("_T")


#: Lines that say why no comment is made, and what a person may do about it.
_FORK = (
    "No comment: the pull request comes from a fork, whose jobs may only read.",
    "A workflow that starts on workflow_run may comment there: see docs/recipes.md, Forks.",
)
_MOVED = ("No comment: the pull request has new commits since this run began; their own run comments.",)
_NO_TOKEN = ("No comment: there is no GITHUB_TOKEN to make one with.", "Pass token: ${{ github.token }}.")


@dataclass(frozen=True, slots=True)
class _Sides:
    """What was read before the board: the pages, their bases, and the pull request.

    `seen` is None where GitHub could not be asked. `silence` says why no comment is to be made, if none is.
    `unsplit` says why there are no bases, so that what the pull request causes is not told from what was due before.
    """

    now: tuple[PageFile, ...]
    then: tuple[PageFile, ...]
    repository: str
    seen: Seen | None = None
    heads: tuple[bytes | None, ...] = ()
    silence: tuple[str, ...] = ()
    unsplit: str = ""


@dataclass(frozen=True, slots=True)
class _Published:
    """What came of the comment: lines to say, why there is none, or what went wrong."""

    said: tuple[str, ...] = ()
    silence: tuple[str, ...] = ()
    error: GitHubError | None = None


def run(invocation: Invocation, to: str, *, out: str, is_exit_code: bool) -> Outcome:
    """Say what the pull request causes, and where it is allowed, in a comment on it.

    Raises InputError where the job runs for no pull request.
    """
    event = _event(invocation)
    if event is None:
        return Outcome(Exit.OK, said=("Nothing to preview: a merge queue tests pull requests that had their preview.",))
    desk = open_desk(invocation)
    sides = _sides(desk, event)
    if sides is None:
        return Outcome(Exit.OK, said=("Nothing to preview: the pull request is closed or has newer commits.",))
    board = read_board_for_lists(desk, [one.page for one in (*sides.now, *sides.then) if one.page])
    plan = plan_pages(desk, sides.now, board)
    if not sides.unsplit:
        plan = against(desk, plan, sides.then, board)
    code = exit_of(plan, is_difference_told=is_exit_code)
    text = render(plan, invocation.notes)
    published = _publish(desk, sides, to, plan, text)
    no_comment = published.silence
    if sides.unsplit:
        no_comment = (f"What the pull request causes is not told apart: {sides.unsplit}", *no_comment)
    errors = [published.error] if published.error else []
    if out:
        desk.tree.write(out, json.render(plan, code).encode())
    return Outcome(
        exit=worst([code, *(error.exit for error in errors)]),
        result=text.encode() if invocation.form == "markdown" else show(plan, invocation, code),
        said=(summary(plan), *published.said, *no_comment, *remarks_of(desk)),
        errors=(*errors_of(plan), *map(str, errors)),
        plan=plan,
        saved=out,
        told="\n".join([text, *(f"{line}\n" for line in no_comment)]),
        is_annotated=isinstance(event, PullRequestEvent),
    )


def _event(invocation: Invocation) -> PullRequestEvent | RunEvent | None:
    path = invocation.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise InputError(
            "no pull request to comment on: GITHUB_EVENT_PATH is not set",
            hint="--to comment is for a job of GitHub Actions that runs for a pull request.",
        )
    return from_text(read_text(Path(path), "GITHUB_EVENT_PATH"), "GITHUB_EVENT_PATH")


def _sides(desk: Desk, event: PullRequestEvent | RunEvent) -> _Sides | None:
    """Read the pages and their bases; None where the pull request is closed or has newer commits."""
    if isinstance(event, RunEvent):
        return _conversation(desk, lambda client: _sides_of_run(desk, client, event))
    now = read_pages(desk)
    if desk.write_access() is not None:
        return _conversation(desk, lambda client: _sides_of_event(desk, client, event, now))
    try:
        bases = [desk.tree.read_revision(event.base, rules.path) for rules in desk.rules]
    except (NoRevisionError, GitError) as error:  # a shallow checkout, for example: all that is due is told as one
        return _Sides(now, (), event.repository, silence=_NO_TOKEN, unsplit=f"{error.what}. {error.hint}")
    return _Sides(now, _then(desk, bases), event.repository, silence=_NO_TOKEN)


async def _sides_of_event(
    desk: Desk, client: GitHub, event: PullRequestEvent, now: tuple[PageFile, ...]
) -> _Sides | None:
    pull = Discussion(client, event.repository, event.number)
    seen = await pull.look()
    bases = await pull.files(await _base_of(desk, pull, event), desk.places)
    sides = _Sides(now, _then(desk, bases), event.repository, seen)
    if event.is_fork:
        return replace(sides, silence=_FORK)
    if seen.head != event.head:
        return replace(sides, silence=_MOVED)
    return replace(sides, heads=await pull.files(event.head, desk.places))


async def _base_of(desk: Desk, pull: Discussion, event: PullRequestEvent) -> str:
    """Return the base commit that the checked-out merge was made with; else the event's base.

    The event may name an older commit of the base, and what the base got since is not caused by the pull request.
    """
    commit = desk.invocation.environ.get("GITHUB_SHA", "")
    onto, head = await pull.parents(commit) if commit else ("", "")
    return onto if head == event.head else event.base


async def _sides_of_run(desk: Desk, client: GitHub, event: RunEvent) -> _Sides | None:
    """Read the pull request's pages through the API, as they would be after a merge."""
    number = await number_of_head(client, event.repository, event.head_branch, event.head_repository, event.head)
    if number is None:
        return None
    pull = Discussion(client, event.repository, number)
    seen = await pull.look()
    if not seen.is_open or seen.head != event.head:
        return None
    merged = await pull.files(seen.merge or seen.head, desk.places)
    now = tuple(
        PageFile(rules, error=InputError("no such file in the pull request", where=rules.path))
        if data is None
        else page_file(desk, rules, data)
        for rules, data in zip(desk.rules, merged, strict=True)
    )
    bases = await pull.files(seen.merge_base or seen.base, desk.places)
    heads = await pull.files(seen.head, desk.places)
    return _Sides(now, _then(desk, bases), event.repository, seen, heads)


def _then(desk: Desk, bases: Sequence[bytes | None]) -> tuple[PageFile, ...]:
    return tuple(base_of(desk, rules, data, "the base") for rules, data in zip(desk.rules, bases, strict=True))


def _publish(desk: Desk, sides: _Sides, to: str, plan: Plan, text: str) -> _Published:
    """Comment and suggest where that is allowed."""
    seen = sides.seen
    if sides.silence or seen is None:
        return _Published(silence=sides.silence)

    async def write(client: GitHub) -> tuple[str, ...]:
        pull = Discussion(client, sides.repository, seen.number)
        key = key_of(desk.config.places.shown)
        job = Preview(pull, seen, plan, text, key, tuple(_suggestions(desk, sides, plan)))
        done = await PREVIEWS[to].publish(job)
        return (_DONE[done.why].format(url=done.url), *done.said)

    try:
        said = _conversation(desk, write)
    except ReadOnlyError as error:
        refusal = hide_tokens(error.what, desk.invocation.environ, desk.invocation.directory)
        hint = "Give the job pull-requests: write. For a pull request of Dependabot the token can only read."
        return _Published(silence=(f"No comment: this token may not write to pull requests ({refusal}).", hint))
    except GitHubError as error:
        return _Published(error=error)
    return _Published(said)


_DONE = {
    "none": "No comment: there is nothing to say.",
    "added": "Commented on {url}",
    "edited": "The comment was updated: {url}",
    "kept": "The comment is already up to date: {url}",
}


def _suggestions(desk: Desk, sides: _Sides, plan: Plan) -> list[tuple[str, Suggestion]]:
    """Return the suggestions, with paths from the repository's top, for pages that are the same in the head."""
    found: list[tuple[str, Suggestion]] = []
    for place, page, head, then in zip(desk.places, plan.pages, sides.heads, sides.then, strict=False):
        if page.page is not None and head == page.page.data:
            base = then.page.data if then.page else None
            found += [(place, one) for one in suggestions(page, base)]
    return found


def _conversation(desk: Desk, ask: Callable[[GitHub], Awaitable[_T]]) -> _T:
    """Talk to GitHub about the pull request, with the token that may write there."""
    access = desk.write_access()
    if access is None:
        raise InputError("no token to read the pull request with", hint="Set GITHUB_TOKEN: ${{ github.token }}.")

    async def talk() -> _T:
        async with GitHub(access.endpoint, access.token.value, deadline=desk.invocation.timeout) as client:
            return await ask(client)

    return asyncio.run(talk())
