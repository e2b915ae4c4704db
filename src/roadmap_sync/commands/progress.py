"""Owns the progress bar that a person at a terminal sees while GitHub is read; must not know what is read."""

import asyncio
import shutil
import sys
from types import TracebackType
from typing import Self

from roadmap_sync.github.source import Progress
from roadmap_sync.inert import inline
from roadmap_sync.report.words import count

#: Seconds before the bar appears: a reading that is over sooner shows nothing.
PATIENCE = 1.0
_WIDTH = 30
#: Back to the start of the line, and clear it.
_CLEAR = "\r\x1b[K"


class ProgressBar:
    """A bar on stderr that appears after a second and is removed at the end. Entered within an event loop."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._timer: asyncio.TimerHandle | None = None
        self._is_drawn = False
        self._latest = Progress(0, 0, 0)

    def __enter__(self) -> Self:
        if self._is_shown:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._draw)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._is_drawn:
            print(_CLEAR, end="", file=sys.stderr, flush=True)

    def update(self, progress: Progress) -> None:
        """Take in how far the reading is."""
        self._latest = progress
        if self._is_drawn:
            self._draw()

    def _draw(self) -> None:
        self._is_drawn = True
        progress = self._latest
        line = inline(f"Reading the board: {progress.waiting or count(progress.requests, 'request')}")
        if progress.total:
            bar = "=" * round(_WIDTH * min(1, progress.read / progress.total))
            line = f"[{bar:{_WIDTH}}] {progress.read}/{progress.total}  {line}"
        shown = line[: shutil.get_terminal_size().columns - 1]
        print(f"{_CLEAR}{shown}", end="", file=sys.stderr, flush=True)
