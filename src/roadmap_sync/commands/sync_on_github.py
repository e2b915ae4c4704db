"""Owns `sync --to pull-request` and `sync --to branch`: the pages as GitHub has them, kept true on GitHub.

No checkout is written to. The board is read with the token for reading, the repository with the one for writing,
each sent only where it is needed.
"""

from collections.abc import Iterator, Sequence

from roadmap_sync.board.model import Board
from roadmap_sync.commands.desk import Desk, ask_board, locate, open_desk, remarks_of
from roadmap_sync.commands.outcome import Invocation, Outcome, errors_of, exit_of
from roadmap_sync.errors import BugError, InputError, worst
from roadmap_sync.github.access import Access, Token, find_access, find_endpoint, find_write_token, read_dotenv
from roadmap_sync.github.repository import Target
from roadmap_sync.page.model import Page
from roadmap_sync.publishers.delivery import Delivered, Remote, Wishes
from roadmap_sync.publishers.destinations import REMOTES
from roadmap_sync.report.forms import show
from roadmap_sync.report.words import Shown
from roadmap_sync.rules import Rules


def run(invocation: Invocation, form: str, notes: Shown, to: str, *, color: bool) -> Outcome:
    """Bring the pull request, or the base branch itself, up to date. Raises InputError and GitHubError."""
    desk = open_desk(invocation)
    full_name = _repository(desk)
    if to == "pull-request" and len(desk.rules) < len(desk.config.pages):
        raise InputError(
            "one pull request carries all pages of the config", hint="Leave out PAGE, or use a config of its own."
        )
    done = REMOTES[to].deliver(_job(desk, full_name))
    codes = [exit_of(done.plan), *([done.error.exit] if done.error else [])]
    code = worst(codes)
    is_wanted = form != "text" or not invocation.is_quiet
    return Outcome(
        exit=code,
        result=show(done.plan, form, notes, code, color=color) if is_wanted else b"",
        said=(*_said(done), *remarks_of(desk, done.plan.board)),
        errors=(*errors_of(done.plan), *([str(done.error)] if done.error else [])),
        plan=done.plan,
        pull_request_url=done.url,
    )


def _repository(desk: Desk) -> str:
    """Return the one repository of all pages."""
    names = {rules.repository.lower(): rules.repository for rules in desk.rules}
    name = next(iter(names.values()))
    if len(names) > 1:
        raise InputError(
            f"the pages are in {len(names)} repositories: {', '.join(sorted(names.values()))}",
            where=desk.config.places.shown,
            hint="Use one config for each: a commit is made in one repository.",
        )
    if not name:
        raise InputError(
            "nothing says which repository the pages are in",
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
    """Return the token that writes: the job's own, else the one that reads."""
    invocation = desk.invocation
    token = find_write_token(invocation.environ, read_dotenv(invocation.directory))
    if token is not None:
        return token
    return find_access(
        desk.address.host, invocation.environ, invocation.directory, is_terminal=invocation.is_terminal
    ).token


def _target(desk: Desk, rules: Rules) -> Target:
    """Return a page with its path from the top of the repository."""
    tree = desk.tree
    place = (tree.directory / rules.path).relative_to(tree.root).as_posix()

    def located(data: bytes) -> Page:
        reading = locate(desk, rules, data)
        if reading.error is not None:
            raise reading.error
        if reading.page is None:
            raise BugError("a page was located to nothing", where=rules.path)
        return reading.page

    return Target(rules.path, place, located)


_WHY = {
    "in step": "in step",
    "current": "up to date",
    "unsure": "left as it is: something it holds could not be read just now",
    "committed": "committed",
}


def _said(done: Delivered) -> Iterator[str]:
    """Say what became of the pull request, in one line, and what a person should know besides."""
    if done.declined:
        yield f"declined: {', '.join(f'#{number}' for number in done.declined)}"
    if done.url:
        opened = "opened" if "Open" in done.steps else _WHY.get(done.why, done.why)
        yield f"{done.url}: {opened}"
    elif "Close" in done.steps:
        yield "the pull request was closed: nothing is left for it to change"
    elif done.why == "committed":
        yield "committed to the base branch"
    yield from done.said
