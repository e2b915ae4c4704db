"""Owns `sync --to pull-request` and `sync --to branch`: the pages are read and changed on GitHub.

No file here is written. The board is read with one token, the repository is read and written with the other; each
is sent only where it is needed.
"""

from collections.abc import Iterator, Sequence

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, ask_board, locate, open_desk, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of, show_published
from roadmap_sync.errors import BugError, InputError, worst
from roadmap_sync.github.access import Access, Token, find_access, find_endpoint, find_write_token, read_dotenv
from roadmap_sync.github.repository import Target
from roadmap_sync.page.model import Page
from roadmap_sync.publishers.delivery import Delivered, Remote, Wishes
from roadmap_sync.publishers.destinations import REMOTES
from roadmap_sync.rules import Rules


def run(invocation: Invocation, to: str) -> Outcome:
    """Bring the pull request, or the base branch itself, up to date. Raises InputError and GitHubError."""
    desk = open_desk(invocation)
    full_name = _repository(desk)
    if to == "pull-request" and len(desk.rules) < len(desk.config.pages):
        raise InputError(
            "a pull request holds all pages of the config", hint="Leave out PAGE, or use another config for that page."
        )
    done = REMOTES[to].deliver(_job(desk, full_name))
    codes = [exit_of(done.plan), *([done.error.exit] if done.error else [])]
    code = worst(codes)
    return Outcome(
        exit=code,
        result=show_published(done.plan, invocation, code),
        said=(*_said(done), *remarks_of(desk, done.plan.board)),
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


def _job(desk: Desk, full_name: str) -> Remote:
    invocation, options = desk.invocation, desk.config.pull_request

    async def read_board(pages: Sequence[Page]) -> Board:
        return await ask_board(desk, pages)

    return Remote(
        access=Access(find_endpoint(desk.address.host, invocation.environ), _token(desk)),
        deadline=invocation.timeout,
        full_name=full_name,
        branch=options.branch,
        targets=tuple(_target(desk, rules) for rules in desk.rules),
        read_board=read_board,
        wishes=Wishes(options.labels, options.reviewers, options.is_draft),
    )


def _token(desk: Desk) -> Token:
    """Return the token to write with: the job's own, else the one to read with."""
    invocation = desk.invocation
    token = find_write_token(invocation.environ, read_dotenv(invocation.directory))
    if token is not None:
        return token
    return find_access(
        desk.address.host, invocation.environ, invocation.directory, is_terminal=invocation.is_terminal
    ).token


def _target(desk: Desk, rules: Rules) -> Target:
    """Return a page's target: its path from the top of the repository, and how its bytes become a page."""
    tree = desk.tree
    place = (tree.directory / rules.path).relative_to(tree.root).as_posix()

    def located(data: bytes) -> Page:
        file = locate(desk, rules, data)
        if file.page is None:
            raise file.error or BugError("a page was neither parsed nor refused", where=rules.path)
        return file.page

    return Target(rules.path, place, located)


_WHY = {
    "in step": "in step",
    "current": "up to date",
    "unsure": "left as it is: a part of it could not be read just now",
    "committed": "committed",
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
