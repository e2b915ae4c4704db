"""Owns the bar that a person at a terminal sees when a reading takes its time; must not know what is read."""

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Self

from roadmap_sync.github.source import Progress
from roadmap_sync.inert import inline

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

#: A reading that is over sooner shows nothing; in seconds.
PATIENCE = 1.0


class ProgressBar:
    """A bar on stderr that appears after a second, and leaves nothing behind. Entered within an event loop."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._timer: asyncio.TimerHandle | None = None
        self._bar: Bar | None = None
        self._latest = Progress(0, 0, 0)

    def __enter__(self) -> Self:
        if self._is_shown:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._start)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._bar is not None:
            self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Take in how far the reading is."""
        self._latest = progress
        if self._bar is not None:
            (task,) = self._bar.task_ids
            self._bar.update(task, description=_words(progress), completed=progress.read, total=progress.total or None)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self._bar.add_task("", total=None)
        self.update(self._latest)
        self._bar.start()


def _words(progress: Progress) -> str:
    sent = "1 request" if progress.requests == 1 else f"{progress.requests} requests"
    return inline(f"Reading the board: {progress.waiting or sent}")
