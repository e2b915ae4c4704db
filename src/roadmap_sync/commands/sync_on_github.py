"""Owns `sync --to pull-request` and `sync --to branch`: the pages are read and changed on GitHub.

No file here is written. The board is read with one token, the repository is read and written with the other; each
is sent only where it is needed.
"""

from collections.abc import Iterator
from functools import partial

from roadmap_sync.commands.desk import Desk, ask_board, locate, open_desk, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show_published
from roadmap_sync.errors import InputError, worst
from roadmap_sync.github.repository import Target
from roadmap_sync.publishers.delivery import Delivered, Remote
from roadmap_sync.publishers.destinations import REMOTES


def run(invocation: Invocation, to: str) -> Outcome:
    """Bring the pull request, or the base branch itself, up to date. Raises InputError and GitHubError."""
    desk = open_desk(invocation)
    full_name = _repository(desk)
    if to == "pull-request" and len(desk.rules) < len(desk.config.pages):
        raise InputError(
            "a pull request holds all pages of the config", hint="Leave out PAGE, or use another config for that page."
        )
    job = Remote(
        access=desk.write_access() or desk.access(),
        deadline=invocation.timeout,
        full_name=full_name,
        options=desk.config.pull_request,
        targets=tuple(
            Target(rules.path, place, partial(locate, desk, rules))
            for rules, place in zip(desk.rules, desk.places, strict=True)
        ),
        read_board=partial(ask_board, desk),
    )
    done = REMOTES[to].deliver(job)
    code = worst([exit_of(done.plan), *([done.error.exit] if done.error else [])])
    return Outcome(
        exit=code,
        result=show_published(done.plan, invocation, code),
        said=(*_said(done), *remarks_of(desk)),
        errors=(*errors_of(done.plan), *([str(done.error)] if done.error else [])),
        plan=done.plan,
        pull_request_url=done.url,
    )


def _repository(desk: Desk) -> str:
    """Return the repository that all pages are in. Raises InputError where they are in several, or none is known."""
    names = {rules.repository.lower(): rules.repository for rules in desk.rules}
    name = next(iter(names.values()))
    if len(names) > 1:
        raise InputError(
            f"the pages are in {len(names)} repositories: {', '.join(sorted(names.values()))}",
            where=desk.config.places.shown,
            hint="Write one config for each repository.",
        )
    if not name:
        raise InputError(
            "the pages' repository is not known",
            where=desk.config.places.shown,
            hint='Set `repository = "owner/name"` under [[pages]], or GITHUB_REPOSITORY.',
        )
    return name


_WHY = {
    "current": "up to date",
    "unsure": "left as it is: a part of it could not be read just now",
}


def _said(done: Delivered) -> Iterator[str]:
    """Say in one line what became of the pull request, then what else a person should know."""
    if done.declined:
        yield f"declined: {', '.join(f'#{number}' for number in done.declined)}"
    if done.url:
        opened = "opened" if "Open" in done.steps else _WHY.get(done.why, done.why)
        yield f"{done.url}: {opened}"
    elif "Close" in done.steps:
        yield "the pull request was closed, because nothing is left to change"
    elif done.why == "committed":
        yield "committed to the base branch"
    yield from done.said
