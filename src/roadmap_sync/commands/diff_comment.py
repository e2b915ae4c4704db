"""Owns the dry run in a pull request: what it causes, said in one comment there, or, where nobody may, in the log.

The page is the checkout's. In a run that follows another (`workflow_run`) it is the pull request's own, read through
the API: nothing of a stranger's is checked out where there are secrets. The base is always read through the API, so
that a shallow checkout will do; where there is no token to ask with, git is asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from roadmap_sync.commands.base_revision import against, base_of
from roadmap_sync.commands.desk import (
    Desk,
    Reading,
    locate,
    open_desk,
    plan_pages,
    read_board_for_lists,
    read_pages,
    remarks_of,
)
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of
from roadmap_sync.errors import Exit, GitHubError, InputError, worst
from roadmap_sync.github.access import find_endpoint, find_write_token, hide_tokens, read_dotenv
from roadmap_sync.plan.plan import Plan
from roadmap_sync.report import comment as words
from roadmap_sync.report import json
from roadmap_sync.report.forms import show
from roadmap_sync.report.summary import summary
from roadmap_sync.report.words import Shown
from roadmap_sync.runner import event as events
from roadmap_sync.runner.event import PullRequestEvent, RunEvent

if TYPE_CHECKING:
    from roadmap_sync.github.discussion import Discussion, Seen

_T = TypeVar("_T")
_FORK = "the pull request comes from a fork, whose jobs may only read"
_MOVED = "the pull request has moved on since this run began, and the run for that says more"
_TWO_STAGES = "A workflow on workflow_run may comment there: see docs/recipes.md, Forks."


@dataclass(slots=True)
class _Scene:
    """What was read before the board: the pages, their bases, and the pull request.

    `seen` is None where GitHub could not be asked; `why` then says so.
    """

    now: tuple[Reading, ...]
    then: tuple[Reading, ...]
    number: int
    repository: str
    seen: "Seen | None" = None
    why: str = ""
    hint: str = ""
    heads: tuple[bytes | None, ...] = ()
    said: list[str] = field(default_factory=list)


def run(invocation: Invocation, form: str, notes: Shown, *, out: str, is_exit_code: bool) -> Outcome:
    """Say what the pull request causes, in a comment on it where that is allowed.

    Raises InputError where the job runs for no pull request.
    """
    event = _event(invocation)
    desk = open_desk(invocation)
    scene = _scene(desk, event)
    if scene is None:
        return Outcome(Exit.OK, said=("The pull request has moved on or is closed; the run for that says more.",))
    board = read_board_for_lists(desk, [one.page for one in (*scene.now, *scene.then) if one.page])
    plan = against(desk, plan_pages(desk, scene.now, board), scene.then, board)
    code = exit_of(plan, is_difference_told=is_exit_code)
    text = words.render(plan, notes)
    trouble = _published(desk, scene, plan, text)
    no_comment = [f"No comment: {scene.why}.", scene.hint] if scene.why else []
    if out:
        desk.tree.write(out, json.render(plan, code).encode())
    return Outcome(
        exit=worst([code, *([trouble.exit] if trouble else [])]),
        result=text.encode() if form == "markdown" else show(plan, form, notes, code, color=False),
        said=(summary(plan), *scene.said, *filter(None, no_comment), *remarks_of(desk, board)),
        errors=(*errors_of(plan), *([str(trouble)] if trouble else [])),
        plan=plan,
        saved=out,
        told="\n".join([text, *(f"{line}\n" for line in no_comment if line)]),
        is_annotated=isinstance(event, PullRequestEvent),
    )


def _event(invocation: Invocation) -> PullRequestEvent | RunEvent:
    path = invocation.environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise InputError(
            "no pull request to comment on: GITHUB_EVENT_PATH is not set",
            hint="--to comment is for a job of GitHub Actions that runs for a pull request.",
        )
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where="GITHUB_EVENT_PATH") from None
    return events.from_text(text, "GITHUB_EVENT_PATH")


# Reading ----------------------------------------------------------------------------------------------------


def _scene(desk: Desk, event: PullRequestEvent | RunEvent) -> _Scene | None:
    """Read the pages and what they are held against; None where the pull request is not there any more."""
    if isinstance(event, RunEvent):
        return _asked(desk, lambda client: _scene_of_run(desk, client, event))
    now = read_pages(desk)
    if find_write_token(desk.invocation.environ, read_dotenv(desk.invocation.directory)) is None:
        then = tuple(
            base_of(desk, rules, desk.tree.read_revision(event.base, rules.path), "the base") for rules in desk.rules
        )
        why = "there is no GITHUB_TOKEN to make one with"
        return _Scene(now, then, event.number, event.repository, why=why, hint="Pass token: ${{ github.token }}.")
    return _asked(desk, lambda client: _scene_of_event(desk, client, event, now))


async def _scene_of_event(
    desk: Desk, client: "_Client", event: PullRequestEvent, now: tuple[Reading, ...]
) -> _Scene | None:
    pull = client.pull(event.repository, event.number)
    seen = await pull.look()
    bases = await pull.files(await _base_of(desk, pull, event), _places(desk))
    scene = _Scene(now, _then(desk, bases), event.number, event.repository, seen)
    if event.is_fork:
        scene.why, scene.hint = _FORK, _TWO_STAGES
    elif seen.head != event.head:
        scene.why = _MOVED
    else:
        scene.heads = await pull.files(event.head, _places(desk))
    return scene


async def _base_of(desk: Desk, pull: "Discussion", event: PullRequestEvent) -> str:
    """Return the commit that the checkout was merged onto; the event's, where the job runs for no such merge.

    The event may name an older one, and what the base got since is not the pull request's.
    """
    commit = desk.invocation.environ.get("GITHUB_SHA", "")
    onto, head = await pull.parents(commit) if commit else ("", "")
    return onto if head == event.head else event.base


async def _scene_of_run(desk: Desk, client: "_Client", event: RunEvent) -> _Scene | None:
    """Read everything of the pull request through the API, as it would be merged."""
    found = await client.number_of(event)
    if found is None:
        return None
    pull = client.pull(event.repository, found)
    seen = await pull.look()
    if not seen.is_open or seen.head != event.head:
        return None
    merged = await pull.files(seen.merge or seen.head, _places(desk))
    now = tuple(_located(desk, index, data) for index, data in enumerate(merged))
    bases = await pull.files(seen.merge_base or seen.base, _places(desk))
    heads = await pull.files(seen.head, _places(desk))
    return _Scene(now, _then(desk, bases), found, event.repository, seen, heads=heads)


def _located(desk: Desk, index: int, data: bytes | None) -> Reading:
    rules = desk.rules[index]
    if data is None:
        return Reading(rules, error=InputError("no such file in the pull request", where=rules.path))
    return locate(desk, rules, data)


def _then(desk: Desk, bases: Sequence[bytes | None]) -> tuple[Reading, ...]:
    return tuple(base_of(desk, rules, data, "the base") for rules, data in zip(desk.rules, bases, strict=True))


def _key(desk: Desk) -> str:
    return words.key_of(desk.config.places.shown)


def _places(desk: Desk) -> tuple[str, ...]:
    """Return the pages' paths as the repository has them."""
    above = desk.tree.directory.relative_to(desk.tree.root)
    return tuple((above / rules.path).as_posix() for rules in desk.rules)


# Writing ----------------------------------------------------------------------------------------------------


def _published(desk: Desk, scene: _Scene, plan: Plan, text: str) -> GitHubError | None:
    """Comment and suggest, where that is allowed; return what went wrong otherwise than by a missing permission."""
    seen = scene.seen
    if scene.why or seen is None:
        return None
    from roadmap_sync.github.discussion import ReadOnlyError

    try:
        _asked(desk, lambda client: _publish(desk, client, scene, seen, plan, text))
    except ReadOnlyError as error:
        said = hide_tokens(error.what, desk.invocation.environ, desk.invocation.directory)
        scene.why = f"this token may not write to pull requests ({said})"
        scene.hint = "Give the job pull-requests: write; a pull request of Dependabot's gets a reading token only."
    except GitHubError as error:
        return error
    return None


async def _publish(desk: Desk, client: "_Client", scene: _Scene, seen: "Seen", plan: Plan, text: str) -> None:
    from roadmap_sync.publishers import comment

    pull = client.pull(scene.repository, scene.number)
    done, url = await comment.publish(pull, seen, text, _key(desk), is_telling=words.is_telling(plan))
    scene.said.append(_DONE[done].format(url=url))
    if count := await comment.suggest(pull, seen, _suggestions(desk, scene, plan)):
        scene.said.append(f"{count} suggested on the lines themselves.")


_DONE = {
    "none": "No comment: there is nothing to say.",
    "added": "Commented on {url}",
    "edited": "The comment was brought up to date: {url}",
    "kept": "The comment says so already: {url}",
}


def _suggestions(desk: Desk, scene: _Scene, plan: Plan) -> list[tuple[str, words.Suggestion]]:
    """Return the suggestions, with the repository's paths: for pages that the head has as they were planned."""
    found: list[tuple[str, words.Suggestion]] = []
    for place, page, head, then in zip(_places(desk), plan.pages, scene.heads, scene.then, strict=False):
        if page.page is not None and head == page.page.data:
            base = then.page.data if then.page else None
            found += [(place, one) for one in words.suggestions(page, base)]
    return found


@dataclass(frozen=True, slots=True)
class _Client:
    """The way to the repository, with the token that may write there."""

    pull: Callable[[str, int], "Discussion"]
    number_of: Callable[[RunEvent], Awaitable[int | None]]


def _asked(desk: Desk, ask: Callable[[_Client], Awaitable[_T]]) -> _T:
    """Run one conversation with GitHub about the pull request."""
    return asyncio.run(_conversation(desk, ask))


async def _conversation(desk: Desk, ask: Callable[[_Client], Awaitable[_T]]) -> _T:
    from roadmap_sync.github.client import GitHub
    from roadmap_sync.github.discussion import Discussion, number_of_head

    invocation = desk.invocation
    token = find_write_token(invocation.environ, read_dotenv(invocation.directory))
    if token is None:
        raise InputError("no token to read the pull request with", hint="Set GITHUB_TOKEN: ${{ github.token }}.")
    endpoint = find_endpoint(desk.address.host, invocation.environ)
    async with GitHub(endpoint, token.value, deadline=invocation.timeout) as github:

        async def number_of(event: RunEvent) -> int | None:
            return await number_of_head(github, event.repository, event.head_branch, event.head_repository, event.head)

        return await ask(_Client(lambda name, number: Discussion(github, name, number), number_of))
