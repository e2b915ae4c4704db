"""Serves one board on loopback, in a process of its own: `python -m benchmarks.board_server SIZE`.

Prints its address, then obeys lines of JSON on its input and answers each with one: `{"latency": [0.3, 0.002, 0.005]}`
sets how long answers take, and any line returns what was asked since the last one.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from tests.standin import Draft, Latency, Response, Server, World, serve

from benchmarks.board_sample import NUMBER, OWNER, REPOSITORY, STATUSES, Content, Sample

_PULLS = 1_000_000


class _Timed(Server):
    """A stand-in that keeps from when to when it was busy with each request."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.spans: list[tuple[float, float]] = []

    def handle_slowly(self, body: bytes, headers: Mapping[str, str], sleep: Callable[[float], None]) -> Response:
        began = time.monotonic()
        response = super().handle_slowly(body, headers, sleep)
        self.spans.append((began, time.monotonic()))
        return response

    def told(self) -> dict[str, float]:
        """Return what was asked since the last time, and forget it."""
        said: dict[str, float] = {
            "requests": len(self.log),
            "points": self.points,
            "depth": depth(self.spans),
            "failed": sum(bool(request.errors) or request.status != 200 for request in self.log),
            "peak": self.peak,
        }
        self.log.clear()
        self.spans.clear()
        self.peak = 0
        return said


def depth(spans: Sequence[tuple[float, float]]) -> int:
    """Return how many requests there were at most of which each began when the one before it had ended."""
    count, ended = 0, float("-inf")
    for began, end in sorted(spans, key=lambda span: span[1]):
        if began >= ended:
            count, ended = count + 1, end
    return count


def world_of(sample: Sample) -> World:
    """Return the world of a sample."""
    world = World()
    repository = world.repository(REPOSITORY)
    board = world.project(OWNER, NUMBER, statuses=STATUSES)

    def made(content: Content) -> object:
        name = f"Item {content.number} of the board, with a title of some words"
        if content.kind == "draft":
            return Draft(name)
        if content.kind == "pull":
            state = "MERGED" if content.is_done else "OPEN"
            return repository.pull(content.number, name, state=state, labels=content.labels)
        state, reason = ("CLOSED", "COMPLETED") if content.is_done else ("OPEN", None)
        issue = repository.issue(content.number, name, state=state, reason=reason, labels=content.labels)
        if content.has_pull:
            issue.closed_by = (repository.pull(_PULLS + content.number, state="MERGED", closes=(issue,)),)
        return issue

    for content in sample.contents():
        board.put(made(content), content.status, archived=content.is_archived)  # type: ignore[arg-type]  # one of three
    for content in sample.beside():
        made(content)
    return world


def main(size: int) -> None:
    """Serve until the input ends."""
    server = _Timed(world_of(Sample(size)), limit=10**9)
    with serve(server) as url:
        print(url, flush=True)
        for line in sys.stdin:
            if latency := json.loads(line).get("latency"):
                server.latency = Latency(*latency)
            print(json.dumps(server.told()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
