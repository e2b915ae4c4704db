"""Owns what is run: places, each a folder with a page, a board and a config, and the commands that are run in it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from comparison import boards, configs
from comparison.pages import LONG, ROOT, Page, example

BOARD = "board.json"
COMMANDS = ("sync", "diff", "check", "explain", "link", "init", "snapshot", "doctor")

#: What a runner sets; the files are compared like all that is written.
_RUNNER = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "outputs.txt", "GITHUB_STEP_SUMMARY": "summary.md"}

#: What is wrong before any page is looked at, and what needs none.
_BARE = (
    "",
    "--version",
    "--help",
    *(f"{command} --help" for command in COMMANDS),
    "nonsense",
    "--nonsense",
    "diff --board none.json",
    "diff --board examples/roadmap.md",
    "diff --board https://example.com/no-board",
    "diff --config none.toml",
    "diff docs/none.md",
    "diff ../roadmap.md",
    "diff --allow tick=many",
    "diff --format xml",
    "check --base nowhere",
    "check --base-page none.md",
    "explain examples/roadmap.md",
    "link --write 1 --board examples/board.json",
    "link --write 34 --board examples/board.json",
    "init",
    "init --write --board examples/board.json examples/roadmap.md",
    "snapshot --board examples/board.json examples",
    "sync --plan examples/board.json --board examples/board.json",
    "sync --to branch --plan x.json",
    "sync --quiet --board examples/board.json",
    "doctor",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command line. With `keeps` the next run finds what this one wrote."""

    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    keeps: bool = False
    cold: bool = False

    @property
    def command(self) -> str:
        """Return the command that is run; what none is counts as help."""
        first = self.argv[0] if self.argv else ""
        return first if first in COMMANDS and "--help" not in self.argv else "help"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with files, and what is run in it. `earlier` are the files of its one commit; without, no git."""

    name: str
    files: dict[str, bytes]
    runs: tuple[Run, ...]
    earlier: dict[str, bytes] = field(default_factory=dict)
    repository: str = ""

    def job(self) -> dict[str, Any]:
        """Return what the worker is told."""
        return {
            "files": _texts(self.files),
            "earlier": _texts(self.earlier),
            "repository": self.repository,
            "runs": [{"argv": run.argv, "env": run.env, "keeps": run.keeps, "cold": run.cold} for run in self.runs],
        }


def _texts(files: dict[str, bytes]) -> dict[str, str]:
    return {name: data.decode("latin-1") for name, data in files.items()}


def of_example(*, is_cold: bool) -> Place:
    """Return the worked example with its own board and config; cold, each run is a process of its own."""
    names = ("examples/roadmap.md", "examples/board.json", "config.toml")
    files = {name: (ROOT / name).read_bytes() for name in names}
    asked = [Run(tuple(words.split())) for words in _BARE]
    board, page = "examples/board.json", replace(example(), every=20 if is_cold else 1)
    runs = (*asked, *_runs(page, board, is_config=True), *_explained(page, board))
    runs = tuple(replace(run, cold=is_cold) for run in runs)
    return Place(f"the example{', a process each' if is_cold else ''}", files, runs)


def of_page(page: Page, number: int, seed: int) -> Place:
    """Return a page with one of its random boards; the configs take turns."""
    key, kind = f"{seed} {number} {page.name}", configs.KINDS[number % len(configs.KINDS)]
    board = boards.board(page.data, page.repository, key)
    config = configs.config(page, board, kind, key)
    page = replace(page, data=configs.prepared(page, kind))
    files = {page.path: page.data, BOARD: json.dumps(board, ensure_ascii=False).encode()}
    if config:
        files[configs.NAME] = config.encode()
    is_git = kind == "areas" and not page.is_part and len(page.lines) <= LONG
    earlier = {page.path: _earlier(page)} if is_git else {}
    runs = (*_runs(page, BOARD, is_config=bool(config), is_git=is_git), *_explained(page, BOARD, is_git=is_git))
    return Place(f"{page.name} [board {number}, config {kind}]", files, runs, earlier, page.repository)


def _earlier(page: Page) -> bytes:
    """Return a page as it was once: shorter, but with a line that somebody deleted since."""
    half = b"".join(page.lines[: len(page.lines) // 2])
    return half + f"\n\n- [ ] {page.repository}#900000\n".encode()


def _explained(page: Page, board: str, *, is_git: bool = True) -> Iterator[Run]:
    """Yield an explanation of each line, and of the one after the last, which there is not.

    Outside a work tree they find no git to ask, as on a machine without it: with it they would take twice as long.
    """
    env = {} if is_git else {"PATH": "nowhere"}
    lines = range(1, len(page.lines) + 2, page.every)
    yield from (Run(("explain", "--board", board, f"{page.path}:{line}"), env) for line in lines)


def _runs(page: Page, board: str, *, is_config: bool, is_git: bool = False) -> Iterator[Run]:
    """Yield every run but those of explain; a part of a page is there to be explained."""
    pages = () if is_config else (page.path,)
    if page.is_part:
        yield Run(("diff", "--format", "json", "--board", board, *pages))
        return
    for line in _lines(is_git=is_git):
        command, *options = line.split()
        files = ("kept.json",) if command == "snapshot" else ()
        named = (page.path,) if command == "init" else pages
        given = () if "--board" in options else ("--board", board)
        keeps = "--out" in options or command == "snapshot"
        yield Run((command, *options, *given, *files, *named), keeps=keeps)
    yield Run(("check", "--board", board, *pages), env=_RUNNER)
    yield Run(("sync", "--board", board, *pages), env=_RUNNER)


def _lines(*, is_git: bool) -> Sequence[str]:
    """Return the commands with their options; what keeps a file stands before what needs it."""
    return (
        "diff",
        "diff --format text --notes all --exit-code",
        "diff --format markdown",
        "diff --format json",
        "check",
        "check --format json",
        *(["check --base HEAD"] if is_git else []),
        "link",
        "link --format json",
        "init",
        "doctor",
        "sync",
        "sync --format json --allow tick=1000 --allow untick=1000 --allow strike=1000",
        "diff --format json --out plan.json",
        "sync --plan plan.json",
        "snapshot",
        "check --board kept.json",
    )
