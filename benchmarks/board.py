"""Measures the reading of a board against plain readers of whole pages: `python -m benchmarks board`.

The stand-in for GitHub answers on loopback from a process of its own, once 50 ms late, once as GitHub is: 300 ms, 2 ms
a node, 5 ms a connection. Each reader runs in a process of its own. Requests, points and depth are the server's count;
depth is the longest row of requests of which each began when the one before it had ended. Memory is the process' peak.

Three things are read: what a page of 60 references needs, the same with eight areas, and the whole board. Two of the
areas match 350 items each (wide), or between them (narrow); 35 of the board of 100, which has no more. The serial
readers and `@octokit/plugin-paginate-graphql` ask the same lean document, page after page; `serial, areas` asks of
each item also what areas must know. Where a serial reading takes long, its first pages are measured and the rest is
reckoned from them: such figures have a `~`. GitHub keeps an index of its boards, so each filter is asked once before.

With areas three round trips are allowed, so where each takes 50 ms 5,000 items in 50 pages cannot be read more than
16 times faster: there is no such goal.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.board_reader import LEAN_FILE
from benchmarks.board_sample import URL
from benchmarks.commands import SCRIPTS
from benchmarks.table import Goal, print_goals, print_table

SIZES = (100, 1_000, 5_000, 50_000)
LATENCIES = {"50 ms": (0.05, 0.0, 0.0), "lifelike": (0.3, 0.002, 0.005)}
#: Serial readings end after so many pages of the lean document, or of the one for areas.
MOST_PAGES, MOST_AREA_PAGES = 25, 8
#: A whole board of more items is scanned with the short latency only.
MOST_SCANNED_SLOWLY = 5_000
#: A reader that is not ours is stopped after so many seconds, and left out.
RIVAL_SECONDS = 600
#: Our readings of two seconds or less are the best of so many.
RUNS, QUICK = 3, 2.0
OCTOKIT = ("@octokit/core@6.1.6", "@octokit/plugin-paginate-graphql@6.0.0")
READERS = {
    "ask": "ours, the page",
    "serial": "serial",
    "octokit": "octokit",
    "ask-narrow": "ours, narrow areas",
    "ask-wide": "ours, wide areas",
    "scan-wide": "ours, all and wide areas",
    "serial-areas": "serial, areas",
    "scan": "ours, the whole board",
    "snapshot": "roadmap-sync snapshot",
}

#: Goals of the issue: requests and depth without and with areas, how many times faster, and MB.
GOALS = {"ask": (2, 1), "ask-narrow": (8, 3), "ask-wide": (8, 3)}
FASTER = {5_000: 25, 50_000: 250}
SCAN_FASTER, SNAPSHOT_MB = 3, 300


@dataclass(frozen=True)
class Read:
    """One reading: what it took, and how much of the board it read (of a serial one perhaps only the first pages)."""

    how: str
    size: int
    latency: str
    requests: int
    depth: int
    points: int
    seconds: float
    megabytes: float
    share: float = 1.0

    @property
    def whole(self) -> float:
        """Return the seconds for the whole board."""
        return self.seconds / self.share

    @property
    def row(self) -> list[str]:
        """Return its row of the table."""
        counts = [round(count / self.share) for count in (self.requests, self.depth, self.points)]
        mark = "~" if self.share < 1 else ""
        figures = [*(f"{mark}{count:,}" for count in counts), f"{mark}{self.whole:,.2f}", f"{self.megabytes:.0f}"]
        return [f"{self.size:,}", READERS[self.how], *figures]


class Standin:
    """The process that serves a board."""

    def __init__(self, size: int) -> None:
        self.size = size
        command = [sys.executable, "-m", "benchmarks.board_server", str(size)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._line().strip()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the stand-in ended")
        return line

    def tell(self, **what: object) -> dict[str, Any]:
        """Tell it something; return what was asked of it since the last time."""
        assert self._process.stdin is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self._line())
        if told["failed"]:
            raise RuntimeError(f"{told['failed']} requests were answered with an error")
        return told

    def end(self) -> None:
        """End it."""
        self._process.communicate()


@contextmanager
def standin(size: int) -> Iterator[Standin]:
    """Serve a board, each of its filters asked once."""
    served = Standin(size)
    try:
        for kind in ("narrow", "wide"):
            _child(_ours(f"ask-{kind}", served))
        _child(_ours("scan", served))
        served.tell()
        yield served
    finally:
        served.end()


def _ours(how: str, served: Standin, *rest: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.board_reader", how, served.url, str(served.size), *rest]


class OutOfTimeError(Exception):
    """A reader was stopped."""


def _child(command: Sequence[str], *, most: float | None = None, **options: Any) -> tuple[str, float]:
    """Run a reader; return what it prints and its peak of memory in MB.

    Raises OutOfTimeError where it is stopped after `most` seconds.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=out, stderr=errors, **options)
        stop = threading.Timer(most or threading.TIMEOUT_MAX, child.kill)
        stop.daemon = True
        stop.start()
        _, status, usage = os.wait4(child.pid, 0)
        stop.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if most is not None and child.returncode == -signal.SIGKILL:
            raise OutOfTimeError
        for file in (out, errors):
            file.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command[2]} ended with {child.returncode}: {errors.read().decode()[-500:]}")
        return out.read().decode(), usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024)


class Bench:
    """All readings of one run, kept by (reader, size, latency)."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.octokit = _octokit(directory)
        self.reads: dict[tuple[str, int, str], Read] = {}
        self.compared: dict[int, dict[str, Any]] = {}

    def measure(self, served: Standin, latency: str) -> None:
        """Take every reader's turn with one board."""
        served.tell(latency=LATENCIES[latency])
        is_slow = LATENCIES[latency] != LATENCIES["50 ms"]
        for how in ("ask", "ask-narrow", "ask-wide"):
            self._best(how, served, latency)
        self._serial("serial", served, latency, MOST_PAGES)
        self._serial("serial-areas", served, latency, MOST_AREA_PAGES)
        if self.octokit:
            self._serial("octokit", served, latency, MOST_PAGES)
        if not is_slow or served.size <= MOST_SCANNED_SLOWLY:
            self._best("scan", served, latency)
        if not is_slow:
            self._once("scan-wide", served, latency)
            self._compare(served.size)
            self._snapshot(served, latency)

    def _file(self, how: str) -> str:
        return str(self.directory / f"{how}.pickle")

    def _best(self, how: str, served: Standin, latency: str) -> None:
        found: list[Read] = []
        while len(found) < RUNS and (not found or found[0].seconds <= QUICK):
            found.append(self._once(how, served, latency))
        self.reads[how, served.size, latency] = min(found, key=lambda read: read.seconds)

    def _once(self, how: str, served: Standin, latency: str) -> Read:
        return self._read(how, served, latency, _ours(how, served, self._file(how)))

    def _serial(self, how: str, served: Standin, latency: str, most: int) -> None:
        pages = -(-served.size // 100)
        asked = 0 if pages <= most else most
        command = _ours(how, served, "", str(asked))
        if how == "octokit":
            script = str(self.directory / "octokit_reader.mjs")
            command = ["node", script, served.url, str(LEAN_FILE), str(asked)]
        try:
            self._read(how, served, latency, command, share=asked / pages if asked else 1.0, most=RIVAL_SECONDS)
        except OutOfTimeError:
            served.tell()
            print(f"{READERS[how]}, {served.size:,} items, {latency}: stopped after {RIVAL_SECONDS} seconds, left out")

    def _read(
        self,
        how: str,
        served: Standin,
        latency: str,
        command: list[str],
        *,
        share: float = 1.0,
        most: float | None = None,
    ) -> Read:
        said, megabytes = _child(command, most=most)
        result, told = json.loads(said), served.tell()
        if how.startswith(("serial", "octokit", "scan")) and result["items"] != served.size * share:
            raise RuntimeError(f"{how} read {result['items']} items of {served.size * share:.0f}")
        counts = (told["requests"], told["depth"], told["points"])
        read = Read(how, served.size, latency, *counts, result["seconds"], megabytes, share)
        self.reads[how, served.size, latency] = read
        return read

    def _compare(self, size: int) -> None:
        files = [self._file(how) for how in ("ask-wide", "scan-wide")]
        said, _ = _child([sys.executable, "-m", "benchmarks.board_reader", "compare", *files])
        self.compared[size] = json.loads(said)

    def _snapshot(self, served: Standin, latency: str) -> None:
        """Save the board with the command itself, the page beside it."""
        place = self.directory / f"snapshot-{served.size}"
        place.mkdir()
        environ = {**os.environ, "GITHUB_GRAPHQL_URL": served.url, "ROADMAP_SYNC_TOKEN": "test-token"}
        environ.pop("GITHUB_SERVER_URL", None)
        command = [str(SCRIPTS / "roadmap-sync"), "snapshot", "--board", URL, "--timeout", "600", "board.json"]
        began = os.times().elapsed
        _, megabytes = _child(command, cwd=place, env=environ)
        seconds, told = os.times().elapsed - began, served.tell()
        counts = (told["requests"], told["depth"], told["points"])
        self.reads["snapshot", served.size, latency] = Read(
            "snapshot", served.size, latency, *counts, seconds, megabytes
        )


def _octokit(directory: Path) -> bool:
    """Install the plugin where npm can; return whether it is there."""
    if not (shutil.which("npm") and shutil.which("node")):
        print("npm or node is not there: octokit is left out")
        return False
    shutil.copy(Path(__file__).with_name("octokit_reader.mjs"), directory)
    (directory / "package.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", *OCTOKIT],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"npm could not install {OCTOKIT[1]}, so octokit is left out: {done.stderr.strip()[-200:]}")
    return done.returncode == 0


def run(*arguments: str) -> bool:
    """Measure; print a table for each latency, what was compared, and the goals."""
    asked = _asked(arguments)
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        for size in asked.sizes:
            with standin(size) as served:
                for latency in asked.latencies:
                    bench.measure(served, latency)
    head = ["items", "reader", "requests", "depth", "points", "seconds", "MB"]
    for latency in asked.latencies:
        print(f"{latency} a request" if latency == "50 ms" else "lifelike: 300 ms + 2 ms a node + 5 ms a connection")
        order = [(how, size, latency) for size in asked.sizes for how in READERS]
        print_table(head, [bench.reads[key].row for key in order if key in bench.reads])
    print("~ reckoned from the first pages\n")
    return print_goals([*_count_goals(bench), *_speed_goals(bench), *_truth_goals(bench)])


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks board")
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=SIZES)
    parser.add_argument("--latencies", nargs="+", choices=[*LATENCIES], default=[*LATENCIES])
    return parser.parse_args(arguments)


def _count_goals(bench: Bench) -> Iterator[Goal]:
    """Yield what hangs on no clock: requests, depth, points."""
    for how, (requests, depth) in GOALS.items():
        what = READERS[how]
        found = [read for read in bench.reads.values() if read.how == how]
        most, deepest = max(read.requests for read in found), max(read.depth for read in found)
        yield Goal(f"{what}: requests", most, requests, f"{most} (goal: at most {requests})")
        yield Goal(f"{what}: round trips", deepest, depth, f"{deepest} (goal: at most {depth})")
        points = {read.size: read.points for read in found}
        large = sorted(size for size in points if size > 100)
        if large:
            said = ", ".join(f"{points[size]} of {size:,} items" for size in sorted(points))
            yield Goal(f"{what}: points do not grow", points[large[-1]], points[large[0]], said)
    yield from _scan_goals(bench)


def _scan_goals(bench: Bench) -> Iterator[Goal]:
    for (how, size, latency), read in bench.reads.items():
        other = {"ask": "scan", "ask-narrow": "scan-wide", "ask-wide": "scan-wide"}.get(how, "")
        scan = bench.reads.get((other, size, latency))
        if scan and latency == "50 ms" and size >= 1_000:
            said = f"{read.points}, the scan's {scan.points}"
            yield Goal(
                f"{READERS[how]}, {size:,} items: points fewer than the scan's", read.points, scan.points - 1, said
            )


def _speed_goals(bench: Bench) -> Iterator[Goal]:
    for (how, size, latency), read in bench.reads.items():
        for ours, serial in (("ask", "serial"), ("ask-narrow", "serial-areas"), ("ask-wide", "serial-areas")):
            is_possible = ours == "ask" or latency != "50 ms"
            if how == ours and size in FASTER and is_possible:
                yield from _faster(read, bench.reads.get((serial, size, latency)), FASTER[size])
        if how == "scan" and size == 5_000:
            yield from _faster(read, bench.reads.get(("serial", size, latency)), SCAN_FASTER)


def _faster(ours: Read, other: Read | None, least: float) -> Iterator[Goal]:
    """Yield the goal of being so many times as fast as another reader; none where that one was stopped."""
    if other is None:
        return
    ratio = other.whole / ours.whole
    what = f"{READERS[ours.how]}, {ours.size:,} items, {ours.latency}"
    said = f"{ratio:.1f} times as fast as {READERS[other.how]} (goal: at least {least})"
    yield Goal(what, ratio, least, said, is_least=True)


def _truth_goals(bench: Bench) -> Iterator[Goal]:
    for size, found in bench.compared.items():
        names = f": {', '.join(found['different'])}" if found["different"] else ""
        said = f"{found['fields']:,} fields compared, {len(found['different'])} differ{names}"
        yield Goal(f"the page's Board and the scan's, {size:,} items", len(found["different"]), 0, said)
    snapshot = max((r for r in bench.reads.values() if r.how == "snapshot"), key=lambda r: r.size, default=None)
    if snapshot:
        said = f"{snapshot.megabytes:.0f} MB at most (goal: under {SNAPSHOT_MB})"
        yield Goal(f"snapshot of {snapshot.size:,} items", snapshot.megabytes, SNAPSHOT_MB, said)
