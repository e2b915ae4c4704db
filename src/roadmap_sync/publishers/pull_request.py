"""Owns keeping the one pull request: read the scene, take the next step, read again, until there is none.

What the next step is, pull_request/steps.py decides; how it is written, github/repository.py knows. A mutation whose
answer was lost is never sent again blindly: the scene tells whether it was done. Must not know configs or boards.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from roadmap_sync.board.model import Board
from roadmap_sync.errors import GitHubError, RefusedError
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.github.repository_writer import (
    ConflictError,
    LostError,
    MovedError,
    NoDraftsError,
    NotPermittedError,
    RepositoryWriter,
)
from roadmap_sync.page.model import Page
from roadmap_sync.plan.plan import Plan
from roadmap_sync.pull_request import steps
from roadmap_sync.pull_request.aim import Aim, LeftOut, aim
from roadmap_sync.pull_request.memory import Trailer, digest_of
from roadmap_sync.pull_request.scene import Pull, Scene
from roadmap_sync.pull_request.steps import Step
from roadmap_sync.report import pull_request as proposal

#: So often somebody may be faster, or an answer be lost, in one run.
MOST_MOVES, MOST_LOST = 3, 3
_MOST_STEPS = 30
#: GitHub asks for a second between writes
#: (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
_PAUSE = 1.0

ReadBoard = Callable[[Sequence[Page]], Awaitable[Board]]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the config says of the pull request. Labels and reviewers are set when it is opened, and then a person's."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a run ended.

    `why` is a Rest's reason; `plan` what the pull request holds, `left_out` what was declined; `steps` what was done,
    in words; `said` what a person should know. `writes` counts the mutations that were sent.
    """

    why: str
    plan: Plan
    url: str = ""
    number: int = 0
    left_out: tuple[LeftOut, ...] = ()
    steps: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    writes: int = 0
    error: GitHubError | RefusedError | None = None

    @property
    def declined(self) -> tuple[int, ...]:
        """Return the numbers of the pull requests in which somebody said no to something that is due."""
        return tuple(sorted({one.number for one in self.left_out if one.number}))


@dataclass(slots=True)
class _Run:
    repository: RemoteRepository
    read_board: ReadBoard
    wishes: Wishes
    sleep: Callable[[float], Awaitable[None]]
    steps: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    conflict: str = ""
    moves: int = 0
    lost: int = 0
    knows_drafts: bool = True
    is_dressing_due: bool = False
    board: Board | None = None
    asked: frozenset[str] = frozenset()


async def publish(
    repository: RemoteRepository,
    read_board: ReadBoard,
    wishes: Wishes,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Delivered:
    """Bring the pull request up to date, or leave it be.

    Raises GitHubError where GitHub refuses, and RefusedError where the branch moved each time.
    """
    run = _Run(repository, read_board, wishes, sleep)
    for _ in range(_MOST_STEPS):
        try:
            scene = await repository.scene()
        except MovedError as error:
            _count_move(run, error)
            continue
        await _dress(run, scene.open)
        board = await _board_for(run, scene)
        scene = await _with_histories(repository, scene, board)
        wanted = aim(scene, board)
        step = steps.next_step(scene, wanted, run.conflict)
        if isinstance(step, steps.Rest):
            return _delivered(run, step, wanted)
        try:
            await _take(run, scene, wanted, step)
        except NotPermittedError as error:
            return _not_permitted(run, wanted, error)
    raise RefusedError(
        "the pull request does not come to rest", where=repository.branch, hint="Please report this, with -v."
    )


async def _board_for(run: _Run, scene: Scene) -> Board:
    """Read the board for the pages of base and branch; once, unless a page came to refer to something else."""
    tips = [scene.base, *([scene.branch.tip] if scene.branch else [])]
    pages = [page for tip in tips for page in tip.pages if isinstance(page, Page)]
    named = [reference for page in pages for item in page.items for reference in item.references]
    needed = frozenset(one.key for one in (*named, *(reference for page in pages for reference in page.mentions)))
    if run.board is None or not needed <= run.asked:
        run.board, run.asked = await run.read_board(pages), needed
    return run.board


async def _with_histories(repository: RemoteRepository, scene: Scene, board: Board) -> Scene:
    base = await repository.with_histories(scene.base, board)
    branch = scene.branch
    if branch is not None:
        branch = replace(branch, tip=await repository.with_histories(branch.tip, board))
    return replace(scene, base=base, branch=branch)


async def _take(run: _Run, scene: Scene, wanted: Aim, step: Step) -> None:
    """Take one step; what went wrong in a known way is counted, since the scene is read again anyway."""
    if run.repository.writes:
        await run.sleep(_PAUSE)
    try:
        await _write(run, wanted, step)
    except MovedError as error:
        _count_move(run, error)
    except LostError as error:
        run.lost += 1
        if run.lost > MOST_LOST:
            raise
        run.steps.append(f"{type(step).__name__}: no answer ({error.what}); looked again")
    except ConflictError:
        run.conflict = scene.branch.tip.oid if scene.branch else ""
    except NoDraftsError:
        run.knows_drafts = False
        run.said.append("This repository knows no drafts, so the pull request is opened as it is.")
    else:
        is_closing = isinstance(step, steps.Update) and step.is_closing
        run.steps.append("Close" if is_closing else type(step).__name__)


def _count_move(run: _Run, error: MovedError) -> None:
    run.moves += 1
    if run.moves > MOST_MOVES:
        raise RefusedError(
            f"the branch moved each time it was read: {error.what}",
            where=run.repository.branch,
            hint="Another run may be under way: put all of them in one concurrency group.",
        ) from None


async def _write(run: _Run, wanted: Aim, step: Step) -> None:
    repository, writer = run.repository, run.repository.writer
    match step:
        case steps.CreateBranch(oid=oid):
            await writer.create_branch(oid)
        case steps.FastForward(id=identity, oid=oid):
            await writer.forward(identity, oid)
        case steps.Merge(oid=oid, made=made, is_shared=is_shared):
            trailer = Trailer("", made, is_shared=is_shared)
            await writer.merge(oid, proposal.merge_message(repository.home.base, trailer))
        case steps.Write():
            trailer = Trailer(step.digest, step.made, is_shared=step.is_shared)
            message = proposal.commit_message(wanted, trailer, is_taken_back=step.is_taken_back)
            await writer.commit(repository.branch, step.head, step.files, message)
        case steps.Open():
            run.is_dressing_due = True
            record = proposal.titled(wanted, wanted.record)
            is_draft = run.knows_drafts and (step.is_draft or run.wishes.is_draft)
            text = proposal.body(wanted, record)
            await writer.open(proposal.title(wanted.plan), text, is_draft=is_draft)
        case steps.Update():
            await _update(writer, wanted, step)
        case steps.Forget(pull=pull, record=record):
            await writer.update(pull, body=proposal.renewed(pull.body, record))
        case steps.MakeDraft(pull=pull):
            await writer.make_draft(pull)
        case steps.Comment(pull=pull, kind=kind, mark=mark):
            await writer.comment(pull, proposal.comment(kind, mark))


async def _update(writer: RepositoryWriter, wanted: Aim, step: steps.Update) -> None:
    """Renew body and title; a title that a person wrote is theirs."""
    before, record = step.pull.record, step.record
    fields: dict[str, object] = {}
    if before is None or before.title == digest_of(step.pull.title):
        record = proposal.titled(wanted, record)
        fields["title"] = proposal.title(wanted.plan)
    if step.is_closing:
        fields["state"] = "CLOSED"
    await writer.update(step.pull, body=proposal.body(wanted, record, step.pull.body), **fields)


async def _dress(run: _Run, now: Pull | None) -> None:
    """Label the pull request that this run opened, and ask for its reviews."""
    if not run.is_dressing_due or now is None:
        return
    run.is_dressing_due = False
    try:
        if run.wishes.labels and (missing := await run.repository.writer.label(now, run.wishes.labels)):
            run.said.append(f"The repository has no label {_named(missing)}.")
        if run.wishes.reviewers and (missing := await run.repository.writer.ask_reviews(now, run.wishes.reviewers)):
            run.said.append(f"There is nobody called {_named(missing)} to ask for a review.")
    except GitHubError as error:
        run.said.append(f"Labels or reviewers were not set: {error.what}.")


def _named(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _delivered(run: _Run, rest: steps.Rest, wanted: Aim) -> Delivered:
    return Delivered(
        why=rest.why,
        plan=wanted.plan,
        url=rest.pull.url if rest.pull else "",
        number=rest.pull.number if rest.pull else 0,
        left_out=wanted.left_out,
        steps=tuple(run.steps),
        said=tuple(run.said),
        writes=run.repository.writes,
        error=_conflict(run, rest.pull) if rest.why == "conflict" else None,
    )


def _conflict(run: _Run, pull: Pull | None) -> RefusedError:
    branch, base = run.repository.branch, run.repository.home.base
    way_out = f"Merge {base} into it, or close the pull request and delete the branch."
    return RefusedError(
        f"{base} does not go into it without a person, so it is left as it is",
        where=pull.url if pull else f"branch {branch}",
        hint=way_out if pull else f"Delete the branch {branch}: the next run begins afresh.",
    )


def _not_permitted(run: _Run, wanted: Aim, error: NotPermittedError) -> Delivered:
    """End the run: the branch is there, the pull request is a person's to open."""
    home, branch = run.repository.home, run.repository.branch
    said = GitHubError(
        f"the branch {branch} is pushed, but this token may not open a pull request: {error.what}",
        where=home.name,
        hint=(
            f"Open it yourself: {home.url}/compare/{home.base}...{branch}?expand=1\n  "
            "Or allow it: Settings > Actions > General > Workflow permissions > "
            '"Allow GitHub Actions to create and approve pull requests" (the organisation has the same setting).'
        ),
    )
    rest = steps.Rest("pushed")
    return replace(_delivered(run, rest, wanted), error=said)
