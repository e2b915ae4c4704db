"""Owns writing a plan straight to the base branch, in one commit, for those who want no pull request.

The commit is made on the very page that was planned for: where the branch moved meanwhile, page and plan are made
anew. Must not know configs or where a board comes from. What was declined in a pull request is not looked at.
"""

import asyncio
from dataclasses import dataclass

from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.github.repository_writer import LostError
from roadmap_sync.page.model import Page
from roadmap_sync.plan.plan import PagePlan, Plan, make_page_plan
from roadmap_sync.publishers.delivery import Delivered, ReadBoard, Remote
from roadmap_sync.publishers.rounds import Sleep, connected, pause, until_delivered
from roadmap_sync.report import pull_request


async def publish(job: Remote) -> Delivered:
    """Commit what is due to the base branch; nothing where it is in step.

    Raises GitHubError where GitHub refuses, and RefusedError where the branch moved each time.
    """
    async with connected(job) as repository:
        return await keep(repository, job.read_board)


async def keep(repository: RemoteRepository, read_board: ReadBoard, *, sleep: Sleep = asyncio.sleep) -> Delivered:
    """Do what `publish` does, in a repository that is connected."""
    return await until_delivered(_Run(repository, read_board, sleep).round, lambda: repository.home.base)


@dataclass(slots=True)
class _Run:
    """`sent` is the plan of a commit whose answer was lost."""

    repository: RemoteRepository
    read_board: ReadBoard
    sleep: Sleep
    sent: Plan | None = None

    async def round(self) -> Delivered | None:
        repository = self.repository
        tip = await repository.base_tip()
        board = await self.read_board([page for page in tip.pages if isinstance(page, Page)])
        tip = await repository.with_histories(tip, board)
        plans = (
            make_page_plan(page, board, tip.history(index))
            if isinstance(page, Page)
            else PagePlan(repository.paths[index], None, error=page)
            for index, page in enumerate(tip.pages)
        )
        plan = Plan(tuple(plans), board)
        files = [(index, page.result) for index, page in enumerate(plan.pages) if page.is_writable]
        if not files:
            why = "committed" if self.sent else "in step"
            return Delivered(why, self.sent or plan)
        await pause(repository, self.sleep)
        try:
            await repository.writer.commit(repository.home.base, tip.oid, files, (pull_request.title(plan), ""))
        except LostError:
            self.sent = plan
            raise
        return Delivered("committed", plan)
