"""Owns the table of destinations: what `--to` may name, what each needs, and what publishes there.

A new destination is one module beside this one and one row here: in FILES where it publishes a plan for the files of
the checkout, in REMOTES where it fetches the pages from where it publishes to, in PREVIEWS where it tells what a
pull request causes. The command line reads the names for its help, so this module is light to import: a publisher is
imported when it is asked for, and rows are named tuples, which start faster than dataclasses.
"""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from roadmap_sync.publishers.delivery import Checkout, Delivered, Preview, Remote

_Job = TypeVar("_Job")


class Destination(NamedTuple, Generic[_Job]):
    """One destination: its words in `--help`, and what publishes there."""

    words: str
    publish: "Callable[[_Job], Awaitable[Delivered]]"

    def deliver(self, job: _Job) -> "Delivered":
        """Publish, and wait for the end. Raises GitHubError where GitHub refuses, RefusedError where we do."""
        import asyncio

        done: list[Delivered] = []

        async def deliver() -> None:
            done.append(await self.publish(job))

        # Not as the task's result: asyncio.run's handling of Ctrl-C calls repr() on that, slow for a large board.
        asyncio.run(deliver())
        return done[0]


async def _file(job: "Checkout") -> "Delivered":
    from roadmap_sync.publishers import file

    return await file.publish(job)


async def _pull_request(job: "Remote") -> "Delivered":
    from roadmap_sync.publishers import pull_request

    return await pull_request.publish(job)


async def _branch(job: "Remote") -> "Delivered":
    from roadmap_sync.publishers import branch

    return await branch.publish(job)


async def _comment(job: "Preview") -> "Delivered":
    from roadmap_sync.publishers import comment

    return await comment.publish(job)


#: For `sync --to`.
FILES = {"file": Destination("the files here", _file)}
REMOTES = {
    "pull-request": Destination("one pull request on GitHub", _pull_request),
    "branch": Destination("its default branch", _branch),
}
#: For `diff --to`.
PREVIEWS = {"comment": Destination("say what it causes, in one comment there", _comment)}


def words() -> str:
    """Return what `--help` says of those for `sync --to`, as one sentence."""
    *first, last = [*(one.words for one in FILES.values()), *(one.words for one in REMOTES.values())]
    said = f"{', '.join(first)}, or {last}."
    return said[0].upper() + said[1:]
