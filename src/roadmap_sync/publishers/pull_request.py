"""Owns keeping the one pull request: read the scene, take the next step, read again, until there is none.

What the next step is, pull_request/steps.py decides; how it is written, github/repository_writer.py knows. Must not
know how a config is written, nor boards.
"""

import asyncio
from dataclasses import dataclass, field, replace

from roadmap_sync.board.model import Board
from roadmap_sync.config.file import PullRequestOptions
from roadmap_sync.errors import GitHubError, RefusedError, quoted
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.github.repository_writer import (
    ConflictError,
    LostError,
    NoDraftsError,
    NotPermittedError,
    RepositoryWriter,
)
from roadmap_sync.page.model import Page
from roadmap_sync.publishers.delivery import Delivered, ReadBoard, Remote
from roadmap_sync.publishers.rounds import Sleep, connected, pause, until_delivered
from roadmap_sync.pull_request import steps
from roadmap_sync.pull_request.aim import Aim, aim
from roadmap_sync.pull_request.memory import Trailer, digest_of, rewritten
from roadmap_sync.pull_request.scene import Pull, Scene
from roadmap_sync.pull_request.steps import BranchStep, PullStep
from roadmap_sync.report import pull_request


async def publish(job: Remote) -> Delivered:
    """Bring the pull request up to date, or leave it be.

    Raises GitHubError where GitHub refuses, and RefusedError where the branch moved each time.
    """
    async with connected(job) as repository:
        return await keep(repository, job.read_board, job.options)


async def keep(
    repository: RemoteRepository, read_board: ReadBoard, options: PullRequestOptions, *, sleep: Sleep = asyncio.sleep
) -> Delivered:
    """Do what `publish` does, in a repository that is connected."""
    return await until_delivered(_Run(repository, read_board, options, sleep).round, lambda: repository.branch)


@dataclass(slots=True)
class _Run:
    """What a run keeps from round to round.

    `conflict` is the commit of our branch that the base cannot be merged into. `board` was read for the references in
    `asked`. `is_dressing_due`: the pull request was opened, and has no labels and reviewers yet. They are set only
    then, so that a person may take them off.
    """

    repository: RemoteRepository
    read_board: ReadBoard
    options: PullRequestOptions
    sleep: Sleep
    steps: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    conflict: str = ""
    knows_drafts: bool = True
    is_dressing_due: bool = False
    board: Board | None = None
    asked: frozenset[str] = frozenset()

    async def round(self) -> Delivered | None:
        scene = await self.repository.scene()
        if self.is_dressing_due and scene.open is not None:
            await self._dress(scene.open)
        board = await self._board_for(scene)
        base = await self.repository.with_histories(scene.base, board)
        branch = scene.branch
        if branch is not None:
            branch = replace(branch, tip=await self.repository.with_histories(branch.tip, board))
        scene = replace(scene, base=base, branch=branch)
        wanted = aim(scene, board)
        step = steps.next_step(scene, wanted, self.conflict)
        if isinstance(step, steps.Rest):
            return _delivered(self, step, wanted)
        try:
            await self._take(scene, wanted, step)
        except NotPermittedError as error:
            return _not_permitted(self, wanted, error)
        return None

    async def _board_for(self, scene: Scene) -> Board:
        """Read the board for the pages of base and branch; once, unless a page came to refer to something else."""
        tips = [scene.base, *([scene.branch.tip] if scene.branch else [])]
        pages = [page for tip in tips for page in tip.pages if isinstance(page, Page)]
        named = [reference for page in pages for item in page.items for reference in item.references]
        needed = frozenset(one.key for one in (*named, *(reference for page in pages for reference in page.mentions)))
        if self.board is None or not needed <= self.asked:
            self.board, self.asked = await self.read_board(pages), needed
        return self.board

    async def _take(self, scene: Scene, wanted: Aim, step: BranchStep | PullStep) -> None:
        """Take one step. After what went wrong in a known way the next round decides anew."""
        name = "Close" if isinstance(step, steps.Update) and step.is_closing else type(step).__name__
        await pause(self.repository, self.sleep)
        try:
            await self._write(wanted, step)
        except LostError as error:
            self.steps.append(f"{type(step).__name__}: no answer ({error.what}); looked again")
            raise
        except ConflictError:
            self.conflict = scene.branch.tip.oid if scene.branch else ""
        except NoDraftsError:
            self.knows_drafts = False
            self.said.append("This repository has no draft pull requests, so it is opened as a normal one.")
        else:
            self.steps.append(name)

    async def _write(self, wanted: Aim, step: BranchStep | PullStep) -> None:
        if isinstance(step, BranchStep):
            await _write_branch(self.repository, wanted, step)
        elif isinstance(step, steps.Open):
            self.is_dressing_due = True
            is_draft = self.knows_drafts and (step.is_draft or self.options.is_draft)
            text = pull_request.body(wanted, pull_request.titled(wanted, wanted.record))
            await self.repository.writer.open(pull_request.title(wanted.plan), text, is_draft=is_draft)
        else:
            await _write_pull(self.repository.writer, wanted, step)

    async def _dress(self, now: Pull) -> None:
        """Label the pull request that this run opened, and ask for its reviews."""
        self.is_dressing_due = False
        writer, options = self.repository.writer, self.options
        try:
            if options.labels and (missing := await writer.label(now, options.labels)):
                self.said.append(f"The repository has no label {quoted(missing)}.")
            if options.reviewers and (missing := await writer.ask_reviews(now, options.reviewers)):
                self.said.append(f"There is nobody called {quoted(missing)} to ask for a review.")
        except GitHubError as error:
            self.said.append(f"Labels or reviewers were not set: {error.what}.")


async def _write_branch(repository: RemoteRepository, wanted: Aim, step: BranchStep) -> None:
    writer = repository.writer
    match step:
        case steps.CreateBranch(oid=oid):
            await writer.create_branch(oid)
        case steps.FastForward(id=identity, oid=oid):
            await writer.forward(identity, oid)
        case steps.Merge(oid=oid, made=made, is_shared=is_shared):
            trailer = Trailer("", made, is_shared=is_shared)
            await writer.merge(oid, pull_request.merge_message(repository.home.base, trailer))
        case steps.Write():
            trailer = Trailer(step.digest, step.made, is_shared=step.is_shared)
            message = pull_request.commit_message(wanted, trailer, is_taken_back=step.is_taken_back)
            await writer.commit(repository.branch, step.head, step.files, message)


async def _write_pull(writer: RepositoryWriter, wanted: Aim, step: PullStep) -> None:
    match step:
        case steps.Update():
            await _update(writer, wanted, step)
        case steps.Forget(pull=pull, record=record):
            await writer.update(pull, body=rewritten(pull.body, record))
        case steps.MakeDraft(pull=pull):
            await writer.make_draft(pull)
        case steps.Comment(pull=pull, kind=kind, mark=mark):
            await writer.comment(pull, pull_request.comment(kind, mark))


async def _update(writer: RepositoryWriter, wanted: Aim, step: steps.Update) -> None:
    """Renew body and title; a title that a person wrote is theirs."""
    before, record = step.pull.record, step.record
    fields: dict[str, object] = {}
    if before is None or before.title == digest_of(step.pull.title):
        record = pull_request.titled(wanted, record)
        fields["title"] = pull_request.title(wanted.plan)
    if step.is_closing:
        fields["state"] = "CLOSED"
    await writer.update(step.pull, body=pull_request.body(wanted, record, step.pull.body), **fields)


def _delivered(run: _Run, rest: steps.Rest, wanted: Aim) -> Delivered:
    return Delivered(
        why=rest.why,
        plan=wanted.plan,
        url=rest.pull.url if rest.pull else "",
        left_out=wanted.left_out,
        steps=tuple(run.steps),
        said=tuple(run.said),
        error=_conflict(run, rest.pull) if rest.why == "conflict" else None,
    )


def _conflict(run: _Run, pull: Pull | None) -> RefusedError:
    branch, base = run.repository.branch, run.repository.home.base
    way_out = f"Merge {base} into it, or close the pull request and delete the branch."
    return RefusedError(
        f"merge conflict: GitHub cannot merge {base} into this branch, so nothing was changed",
        where=pull.url if pull else f"branch {branch}",
        hint=way_out if pull else f"Delete the branch {branch}: the next run starts with a new one.",
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
    return replace(_delivered(run, steps.Rest("pushed"), wanted), error=said)
