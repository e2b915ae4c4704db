"""Owns where a Board comes from: GitHub itself, or a snapshot file; must not know pages, plans or commands.

The HTTP client is imported only when GitHub is asked, so that a run on a snapshot does not wait for it.
"""

import asyncio
import dataclasses
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from roadmap_sync.board.model import Board, ReadCost
from roadmap_sync.board.question import Question
from roadmap_sync.errors import GitHubError
from roadmap_sync.github.queries import queries
from roadmap_sync.reading.answers import Answer
from roadmap_sync.reading.conversation import Reading
from roadmap_sync.reading.documents import Request
from roadmap_sync.reading.parts import Sizes
from roadmap_sync.reading.snapshot import Snapshot

if TYPE_CHECKING:
    from roadmap_sync.github.client import GitHub


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading is: board items read of all, requests sent, and, while it waits, why."""

    read: int
    total: int
    requests: int
    waiting: str = ""


class LiveSource:
    """GitHub, asked through one client with at most `concurrency` requests under way.

    `log` holds after a reading, for `-v`, which documents were asked and what they cost.
    """

    def __init__(
        self,
        client: "GitHub",
        *,
        concurrency: int = 4,
        on_progress: Callable[[Progress], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._concurrency = concurrency
        self._on_progress = on_progress
        self._clock = clock
        self._sizes = Sizes()
        self._tries: dict[str, int] = {}
        self.log: tuple[str, ...] = ()

    async def read(self, question: Question) -> Board:
        """Read GitHub for a question; raises GitHubError or InputError."""
        started, sent = self._clock(), self._client.requests
        reading = Reading(question, queries(), self._sizes, today=_today())
        points = await self._drive(reading)
        board = reading.board()
        cost = ReadCost(self._client.requests - sent, points, round(self._clock() - started, 3), reading.items_read)
        return replace(board, source="live", digest=digest(board), read=cost)

    async def _drive(self, reading: Reading) -> int:
        """Send what is pending until the reading is finished; return the points it took."""
        under_way: dict[asyncio.Task[Answer], Request] = {}
        points, told = 0, []
        self._client.on_wait = lambda seconds, why: self._tell(reading, f"{why}; waiting {seconds:.0f} s")
        try:
            while not reading.is_finished:
                while len(under_way) < self._concurrency and (request := reading.next()):
                    told.append(str(request))
                    under_way[asyncio.create_task(self._send(request))] = request
                done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in sorted(done, key=list(under_way).index):
                    points += self._take(reading, under_way.pop(task), task)
                self._tell(reading)
        finally:
            # No request outlives its reading.
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            self._client.on_wait = None
            self.log = (*([f"read by {reading.why}"] if reading.why else []), *told)
        return points

    async def _send(self, request: Request) -> Answer:
        """Send one request, with what is left of its tries: a document read again is the same request."""
        from roadmap_sync.github.client import TRIES

        key = hashlib.sha256(json.dumps([request.text, dict(request.variables)]).encode()).hexdigest()
        left = TRIES - self._tries.get(key, 0)
        if left <= 0:
            raise GitHubError(
                f"one question was asked {TRIES} times without an answer that adds up",
                hint="Run again in a moment.",
            )
        answer = await self._client.send(request.text, request.variables, can_halve=request.part.can_halve, tries=left)
        self._tries[key] = self._tries.get(key, 0) + answer.tries
        return answer

    @staticmethod
    def _take(reading: Reading, request: Request, task: "asyncio.Task[Answer]") -> int:
        from roadmap_sync.github.reply import TooHeavyError, TooOldError

        try:
            answer = task.result()
        except TooHeavyError:
            reading.halve(request)
            return 0
        except TooOldError as error:
            if not reading.refuse(request, error.unknown):
                raise
            return 0
        reading.take(request, answer)
        return request.points if answer.cost is None else answer.cost

    def _tell(self, reading: Reading, waiting: str = "") -> None:
        if self._on_progress:
            done, total = reading.items_read, reading.items_total
            self._on_progress(Progress(done, total, self._client.requests, waiting))


def read_snapshot(snapshot: Snapshot, question: Question) -> Board:
    """Answer a question from a recorded board; what it lacks is unread. Raises InputError."""
    board = snapshot.answer(question, _today())
    return replace(board, source="snapshot", digest=digest(board))


def _today() -> date:
    return datetime.now(UTC).date()


def digest(board: Board) -> str:
    """Return a name for what a board says, the same however and at whatever cost it was read."""
    said = {
        field.name: getattr(board, field.name)
        for field in dataclasses.fields(board)
        if field.name not in {"source", "digest", "read", "candidates"}
    }
    said["candidates"] = [[area.key, items] for area, items in board.candidates.items()]
    text = json.dumps(said, sort_keys=True, default=_fields)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    """Return one of our values' fields, not copied as `asdict` would: of 10,000 items that is most of the time."""
    return {name: getattr(value, name) for name in value.__slots__}
