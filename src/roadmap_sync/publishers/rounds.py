"""Owns the loop of the publishers that write to GitHub: read, decide, write one thing, and begin again.

Whatever happened in between, the next round sees it. A mutation whose answer was lost is never sent again blindly:
what is read next tells whether it was done. Must not know what is decided.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from roadmap_sync.errors import RefusedError
from roadmap_sync.github.client import GitHub
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.github.repository_writer import LostError, MovedError
from roadmap_sync.publishers.delivery import Delivered, Remote

#: So often a branch may move while it is read or written, or an answer be lost, in one run.
_MOST_MOVES, _MOST_LOST = 3, 3
#: A run that needs more rounds would not end.
MOST_ROUNDS = 30
#: GitHub asks for a second between writes
#: (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
_PAUSE = 1.0

Sleep = Callable[[float], Awaitable[None]]
#: Reads, and writes one thing; returns how it ended where there is nothing left to write. Raises MovedError where the
#: branch moved in between, and LostError where an answer was lost.
Round = Callable[[], Awaitable[Delivered | None]]


@asynccontextmanager
async def connected(job: Remote) -> AsyncIterator[RemoteRepository]:
    """Give the repository of a job, through a client that is closed at the end."""
    async with GitHub(job.access.endpoint, job.access.token.value, deadline=job.deadline) as client:
        yield RemoteRepository(client, job.full_name, job.options.branch, job.targets)


async def pause(repository: RemoteRepository, sleep: Sleep) -> None:
    """Wait a second before a mutation that follows another."""
    if repository.writes:
        await sleep(_PAUSE)


async def until_delivered(take_round: Round, branch: Callable[[], str]) -> Delivered:
    """Take rounds until there is nothing left to write. `branch` tells, after the first, which one is written to.

    Raises RefusedError where the branch moved each time, or each round found something new to write; GitHubError
    where GitHub refuses, or too many answers were lost.
    """
    moves = lost = 0
    for _ in range(MOST_ROUNDS):
        try:
            delivered = await take_round()
        except LostError:
            lost += 1
            if lost > _MOST_LOST:
                raise
        except MovedError as error:
            moves += 1
            if moves > _MOST_MOVES:
                raise RefusedError(
                    f"the branch moved each time it was read: {error.what}",
                    where=branch(),
                    hint="Another run may be under way: put all of them in one concurrency group.",
                ) from None
        else:
            if delivered is not None:
                return delivered
    raise RefusedError(
        f"gave up after {MOST_ROUNDS} steps: each time it was read, there was something new to write",
        where=branch(),
        hint="Please report this, with -v.",
    )
