"""Owns the proof that a change of the source changed no behaviour: the same runs of two revisions, all bytes compared.

    python scripts/compare_revisions.py OLD [NEW]

Builds a wheel of each revision, installs each in a folder of its own, and runs every command that needs no GitHub over
the example, the pages of tests/cases and the real pages of ../shared/corpus where they are at hand, with boards and
configs made at random. Compares exit codes, stdout, stderr and the files written, but for the version, and for what
rewritten_messages.toml lists. Needs git, and the dependencies of both revisions in the Python that runs it.

What asks GitHub (`--to pull-request`, `--to comment`, a board's URL) is not compared: that is for the end-to-end tests.
"""

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from comparison.pages import LONG, ROOT, Page, cases, example, real, with_parts
from comparison.places import COMMANDS, Place, Run, of_example, of_page

WORKER = Path(__file__).parent / "comparison" / "worker.py"
MESSAGES = Path(__file__).parent / "rewritten_messages.toml"

#: So many places may one worker be ahead of the other.
_AHEAD = 30
_SHOWN = 20
_DIFF_LINES = 12
#: What the program makes up anew in each run: the end of a runner's output.
_MADE_UP = re.compile(rb"\bend-[0-9a-f]{32}\b")

#: What a run came to, by name: exit code, stdout, stderr, and each file that was written.
Result = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was rewritten on purpose."""

    pattern: re.Pattern[bytes]
    new: bytes
    shown: str

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> "Message":
        """Read an entry of the list."""
        old, new = table["old"].encode(), table["new"].encode()
        is_regex = table.get("regex", False)
        pattern = re.compile(old if is_regex else re.escape(old))
        return cls(pattern, new if is_regex else new.replace(b"\\", rb"\\"), f"{table['old']} -> {table['new']}")


class Worker:
    """The process that runs what lies in the folder `package`, and works in the folder `root`."""

    def __init__(self, package: Path, root: Path) -> None:
        self._package, self._root = package, root
        command = [sys.executable, "-P", str(WORKER), str(package), str(root)]
        env = _environment(package, root)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)  # noqa: S603 - ours
        self._queue = ThreadPoolExecutor(1)

    @classmethod
    def from_revision(cls, revision: str, folder: Path) -> "Worker":
        """Install a revision in a folder of its own."""
        package, root = folder / "package", folder / "root"
        root.mkdir(parents=True)
        _install(revision, folder, package)
        return cls(package, root)

    def version(self) -> bytes:
        """Return what the program calls itself, such as `roadmap-sync 0.1.0`."""
        (shown,) = self.ask(Place("its version", {}, (Run(("--version",)),))).result()
        return shown["stdout"].strip()

    def ask(self, place: Place) -> "Future[list[Result]]":
        """Have a place's runs done, after those that were asked before."""
        return self._queue.submit(self._ask, place)

    def _ask(self, place: Place) -> list[Result]:
        assert self._process.stdin and self._process.stdout  # noqa: S101, PT018 - they are pipes
        self._process.stdin.write(json.dumps(place.job()).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            msg = f"the process of {self._package} ended within {place.name}"
            raise SystemExit(msg)
        return [self._result(one) for one in json.loads(line)]

    def _result(self, said: dict[str, Any]) -> Result:
        """Return what a run came to, with nothing in it of the place where it ran."""
        texts = {"exit code": str(said["code"]), "stdout": said["out"], "stderr": said["err"]}
        for path, content in said["files"].items():
            texts[f"file {path}"], texts[f"mode of {path}"] = (content[1], content[0]) if content else ("gone", "gone")
        return {name: self._neutral(text.encode("latin-1")) for name, text in texts.items()}

    def _neutral(self, data: bytes) -> bytes:
        for own, name in ((self._root, b"{folder}"), (self._package, b"{package}")):
            data = data.replace(os.fsencode(own), name)
        return _MADE_UP.sub(b"end-{made up}", data)

    def close(self) -> None:
        """Let the process end with what it is at."""
        self._queue.shutdown(cancel_futures=True)
        self._process.communicate()


def _environment(package: Path, root: Path) -> dict[str, str]:
    """Return all that the program may know of this machine: nothing of the person's own settings."""
    people = {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER") for what, said in _ANN.items()}
    own = {"PYTHONPATH": str(package), "PYTHONSAFEPATH": "1", "HOME": str(root), "PATH": os.environ["PATH"]}
    plain = {"LANG": "C.UTF-8", "TZ": "UTC", "COLUMNS": "100", "PYTHONHASHSEED": "0"}
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": str(root)}
    return own | plain | git | people


_ANN = {"NAME": "ann", "EMAIL": "ann@tidemark.example", "DATE": "2024-06-26T10:00:00Z"}


def _install(revision: str, folder: Path, package: Path) -> None:
    """Build the wheel of a revision and unpack it, with what it depends on left to this Python."""
    source, wheels = folder / "source", folder / "wheels"
    archive = _told("git", "-C", str(ROOT), "archive", "--format=tar", revision)
    with tarfile.open(fileobj=BytesIO(archive)) as packed:
        packed.extractall(source, filter="data")
    _build(source, wheels)
    (wheel,) = wheels.glob("*.whl")
    _told(*_PIP, "install", "--no-deps", "--target", str(package), str(wheel))


_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def _build(source: Path, wheels: Path) -> None:
    """Build a wheel with the tools that are installed; where they are not, with those that pip fetches."""
    words = (*_PIP, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(source))
    try:
        _told(*words, "--no-build-isolation")
    except subprocess.CalledProcessError:
        _told(*words)


def _told(*command: str) -> bytes:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - fixed words and a revision


def _commit(revision: str) -> str:
    """Return a revision as a line of the log."""
    words = ("log", "-1", "--format=%h %s", "--end-of-options", f"{revision}^{{commit}}")
    return _told("git", "-C", str(ROOT), *words).decode().strip()


@dataclass(slots=True)
class Tally:
    """What was found so far."""

    messages: Sequence[Message]
    versions: tuple[bytes, ...]
    runs: Counter[str] = field(default_factory=Counter)
    exits: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    differing: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    shown: dict[str, str] = field(default_factory=dict)

    def take(self, place: Place, old: Sequence[Result], new: Sequence[Result]) -> None:
        """Compare the runs of a place."""
        for run, before, after in zip(place.runs, old, new, strict=True):
            self.runs[run.command] += 1
            self.exits[before["exit code"].decode()] += 1
            self.compared += sum(map(len, before.values()))
            if before != after:
                self._look(place, run, before, after)

    def _look(self, place: Place, run: Run, before: Result, after: Result) -> None:
        """Compare what is not the same at once: versions and rewritten messages may be all there is."""
        before = {name: self._rewritten(self._unversioned(data)) for name, data in before.items()}
        after = {name: self._unversioned(data) for name, data in after.items()}
        parts = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        if parts:
            self._show(place, run, [_shown(name, before.get(name), after.get(name)) for name in parts])

    def _show(self, place: Place, run: Run, lines: Sequence[str]) -> None:
        """Count a difference, and keep what is shown of it where it is the first of its kind."""
        text = "\n".join(lines)
        kind = _kind(text)
        self.differing += 1
        self.kinds[kind] += 1
        if len(self.shown) < _SHOWN:
            self.shown.setdefault(kind, f"{place.name}\n  roadmap-sync {' '.join(run.argv)}\n{text}")

    def _unversioned(self, data: bytes) -> bytes:
        for version in self.versions:
            data = data.replace(version, b"roadmap-sync {version}")
        return data

    def _rewritten(self, data: bytes) -> bytes:
        for message in self.messages:
            data, count = message.pattern.subn(message.new, data)
            self.met[message.shown] += count
        return data


def _shown(name: str, old: bytes | None, new: bytes | None) -> str:
    """Return the first lines of how two results differ."""
    before, after = (["(none)"] if data is None else data.decode(errors="replace").splitlines() for data in (old, new))
    lines = list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
    cut = [line[:160] for line in lines[:_DIFF_LINES]] + ([f"({len(lines)} lines)"] if len(lines) > _DIFF_LINES else [])
    # The lines may be the same where only their ends are not.
    return "\n".join(f"    {line}" for line in [f"{name}:", *(cut or [f"-{old!r:.160}", f"+{new!r:.160}"])])


def _kind(shown: str) -> str:
    """Return the words that went and came, whatever stands around them: what was rewritten once is one kind."""
    old, new = (" ".join(re.findall(rf"^    [{sign}](.*)$", shown, re.MULTILINE)).split() for sign in ("-", "+"))
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    changed = (one for one in matcher.get_opcodes() if one[0] != "equal")
    found = dict.fromkeys(f"{' '.join(old[a:b])} -> {' '.join(new[c:d])}" for _, a, b, c, d in changed)
    return "; ".join(found) or shown.partition(":")[0].strip()  # line ends, blanks, files


def places(arguments: argparse.Namespace) -> Iterator[Place]:
    """Yield every place, those first that say most in the shortest time."""
    chosen = list(pages(arguments))
    if not arguments.only:
        yield from (of_example(is_cold=is_cold) for is_cold in (False, True))
    for number in range(arguments.boards):
        yield from (of_page(page, number, arguments.seed) for page in chosen)


def pages(arguments: argparse.Namespace) -> Iterator[Page]:
    """Yield the pages that were asked for."""
    every = with_parts((example(), *cases(), *real()), arguments.explain_every)
    wanted = [page for page in every if arguments.only in page.name]
    step = max(1, len(wanted) // arguments.pages) if arguments.pages else 1
    yield from wanted[::step][: arguments.pages or None]


def _wanted(found: Iterable[Place], commands: frozenset[str]) -> Iterator[Place]:
    for place in found:
        runs = tuple(run for run in place.runs if run.command in commands or run.keeps)
        if runs:
            yield replace(place, runs=runs)


def compare(workers: Sequence[Worker], found: Iterable[Place], tally: Tally, most: int) -> None:
    """Have both revisions run everything, side by side, and compare; stop after so many differences."""
    waiting: deque[tuple[Place, list[Future[list[Result]]]]] = deque()
    for place in found:
        waiting.append((place, [worker.ask(place) for worker in workers]))
        if len(waiting) > _AHEAD:
            _take(tally, *waiting.popleft())
        if most and tally.differing >= most:
            return
    for place, asked in waiting:
        _take(tally, place, asked)


def _take(tally: Tally, place: Place, asked: Sequence["Future[list[Result]]"]) -> None:
    old, new = (one.result() for one in asked)
    tally.take(place, old, new)
    done = tally.runs.total()
    if sys.stderr.isatty():
        print(f"\r{done:,} runs, {tally.differing} differ  ", end="", file=sys.stderr, flush=True)


def read_messages(text: str) -> list[Message]:
    """Return the messages that were rewritten on purpose."""
    return [Message.from_table(table) for table in tomllib.loads(text).get("messages", [])]


def report(tally: Tally) -> Iterator[str]:
    """Yield what was found, line by line."""
    for command, count in sorted(tally.runs.items()):
        yield f"  {command:10} {count:>9,} runs"
    exits = ", ".join(f"{code}: {count:,}" for code, count in sorted(tally.exits.items()))
    yield f"  in all     {tally.runs.total():>9,} runs of each revision, {tally.compared:,} bytes compared"
    yield f"  exit codes {exits}"
    for message in tally.messages:
        count = tally.met[message.shown]
        yield f"rewritten  {f'met {count:,} times' if count else 'NEVER MET'}: {message.shown}"
    if not tally.messages:
        yield "rewritten  none listed"
    for kind, shown in tally.shown.items():
        more = tally.kinds[kind] - 1
        yield f"\n{shown}" + (f"\n    and {more:,} like it" if more else "")
    kinds = f", in {len(tally.kinds):,} ways; {len(tally.shown)} shown" if tally.differing else ""
    yield f"\n{tally.differing:,} runs differ{kinds}"


def _introduced(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield what is about to be run."""
    kinds = Counter("parts of long pages" if one.is_part else one.name.partition("/")[0] for one in pages(arguments))
    counted = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
    yield f"pages {counted}; {arguments.boards} boards each, seed {arguments.seed}"
    if not any(real()):
        yield "      the real pages are NOT among them: ../shared/corpus is not at hand (ROADMAP_SYNC_SHARED)"
    if arguments.explain_every == 1:
        yield "      explained: every line of every page"
    else:
        yield f"      explained: every line of pages up to {LONG} lines, and of longer ones cut into parts;"
        yield f"      of a longer one as a whole each {arguments.explain_every}th (--explain-every 1: all, takes hours)"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare the output of two revisions, byte for byte.")
    parser.add_argument("old", metavar="OLD", help="a git revision")
    parser.add_argument("new", metavar="NEW", nargs="?", default="HEAD", help="another (default: HEAD)")
    parser.add_argument("--seed", type=int, default=1, help="of the boards and configs (default: 1)")
    parser.add_argument("--boards", type=int, default=3, help="random boards for each page (default: 3)")
    parser.add_argument("--pages", type=int, default=0, help="only so many pages, of all kinds")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--commands", default="", help=f"only these, with commas: help,{','.join(COMMANDS)}")
    parser.add_argument(
        "--explain-every", type=int, default=100, help="of long pages, each so many lines (default: 100)"
    )
    parser.add_argument("--stop-after", type=int, default=0, help="stop where so many runs differ")
    return parser.parse_args()


def main() -> int:
    """Compare two revisions; 1 where they differ."""
    arguments = _arguments()
    started = time.monotonic()
    for name in ("old", "new"):
        print(f"{name}   {_commit(getattr(arguments, name))}")
    print("\n".join(_introduced(arguments)), flush=True)
    tally = _compared(arguments)
    print("\n".join(report(tally)))
    print(f"{time.monotonic() - started:.0f} s")
    return 1 if tally.differing else 0


def _compared(arguments: argparse.Namespace) -> Tally:
    """Install both revisions, and run all that was asked for."""
    commands = frozenset(arguments.commands.split(",") if arguments.commands else (*COMMANDS, "help"))
    messages = read_messages(MESSAGES.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        top = Path(folder).resolve()
        workers = [Worker.from_revision(arguments.old, top / "old"), Worker.from_revision(arguments.new, top / "new")]
        for worker in workers:
            stack.callback(worker.close)
        tally = Tally(messages, tuple(worker.version() for worker in workers))
        compare(workers, _wanted(places(arguments), commands), tally, arguments.stop_after)
    return tally


if __name__ == "__main__":
    sys.exit(main())
