"""Owns writing a plan straight to the base branch, in one commit, for those who want no pull request.

The commit is made on the very page that was planned for: where the branch moved meanwhile, page and plan are made
anew. Must not know configs or where a board comes from. What was declined in a pull request is not looked at.
"""

import asyncio
from collections.abc import Awaitable, Callable

from roadmap_sync.board.model import Board
from roadmap_sync.errors import RefusedError
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.github.repository_writer import LostError, MovedError
from roadmap_sync.page.model import Page
from roadmap_sync.plan.plan import PagePlan, Plan, make_page_plan
from roadmap_sync.publishers.pull_request import MOST_LOST, MOST_MOVES, Delivered, ReadBoard
from roadmap_sync.pull_request.scene import Tip
from roadmap_sync.report import pull_request as proposal

_PAUSE = 1.0


async def publish(
    repository: RemoteRepository,
    read_board: ReadBoard,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Delivered:
    """Commit what is due to the base branch; nothing where it is in step.

    Raises GitHubError where GitHub refuses, and RefusedError where the branch moved each time.
    """
    sent: Plan | None = None
    moves = lost = 0
    while True:
        tip = await repository.base_tip()
        plan = await _plan(repository, tip, read_board)
        files = [(index, page.result) for index, page in enumerate(plan.pages) if page.is_writable]
        if not files:
            return _delivered(repository, "committed" if sent else "in step", sent or plan)
        if repository.writes:
            await sleep(_PAUSE)
        try:
            await repository.writer.commit(repository.home.base, tip.oid, files, (proposal.title(plan), ""))
        except MovedError as error:
            moves += 1
            if moves > MOST_MOVES:
                raise RefusedError(
                    f"the branch moved each time it was read: {error.what}",
                    where=repository.home.base,
                    hint="Another run may be under way: put all of them in one concurrency group.",
                ) from None
        except LostError:
            lost += 1
            if lost > MOST_LOST:
                raise
            sent = plan
        else:
            return _delivered(repository, "committed", plan)


async def _plan(repository: RemoteRepository, tip: Tip, read_board: ReadBoard) -> Plan:
    board = await read_board([page for page in tip.pages if isinstance(page, Page)])
    tip = await repository.with_histories(tip, board)
    return Plan(tuple(_page_plan(repository, tip, index, board) for index in range(len(tip.pages))), board)


def _page_plan(repository: RemoteRepository, tip: Tip, index: int, board: Board) -> PagePlan:
    page = tip.pages[index]
    if isinstance(page, Page):
        return make_page_plan(page, board, tip.history(index))
    return PagePlan(repository.paths[index], None, error=page)


def _delivered(repository: RemoteRepository, why: str, plan: Plan) -> Delivered:
    return Delivered(why, plan, writes=repository.writes)
