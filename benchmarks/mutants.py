"""Counts which deliberate mistakes in `board/verdict.py` and `plan/ticks.py` the tests notice, two at a time.

Each mutant is run in a forked process that has never seen the module: the unit tests first, and where those pass,
the cases. What survives is printed with its place. Mutants that no test could tell from the program stand in
`equivalent_mutants.toml`, each with its reason, and are not counted.
"""

import importlib
import os
import signal
import sys
import time
import tomllib
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.mutations import Mutant, mutants_of
from benchmarks.table import Goal, print_goals, print_table

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "roadmap_sync"
MODULES = {
    "roadmap_sync.board.verdict": SOURCE / "board" / "verdict.py",
    "roadmap_sync.plan.ticks": SOURCE / "plan" / "ticks.py",
}
UNIT_TESTS = ("tests/board/test_verdict.py", "tests/plan/test_ticks.py", "tests/plan/test_plan.py")
CASES = ("tests/plan/test_cases.py", "-k", "test_page or test_notes")
#: What the mutated modules import, and nothing that imports them: it is there before the fork.
READY = ("roadmap_sync.page", "roadmap_sync.plan", "roadmap_sync.board", "roadmap_sync.rules", "tests")
WORKERS = 2
LEAST = 85.0


@dataclass(frozen=True)
class _Running:
    """A mutant under test, and when it is given up."""

    mutant: Mutant
    deadline: float


@dataclass(frozen=True)
class _Score:
    """What came of one module: its mutants, and those of them that nothing noticed."""

    path: Path
    counted: int
    survivors: tuple[Mutant, ...]

    @property
    def row(self) -> list[str]:
        """Return the line of the table."""
        alive = len(self.survivors)
        return [self.path.relative_to(SOURCE).as_posix(), str(self.counted), str(self.counted - alive), str(alive)]


def run() -> bool:
    """Run every mutant; print how many were noticed, and where each other stands."""
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in READY:
        importlib.import_module(name)
    equivalent = _equivalent()
    every = {name: mutants_of(path) for name, path in MODULES.items()}
    if stale := equivalent - {mutant.key for mutants in every.values() for mutant in mutants}:
        print("equivalent_mutants.toml lists what is no mutant any more:", *sorted(stale), sep="\n  ")
        return False
    scores = [_score(name, [one for one in every[name] if one.key not in equivalent]) for name in MODULES]
    print_table(["module", "mutants", "noticed", "survived"], [score.row for score in scores])
    for mutant in (mutant for score in scores for mutant in score.survivors):
        print(f"survived  {mutant.path.relative_to(SOURCE)}:{mutant.line} {mutant.function}: {mutant.change}")
    counted = sum(score.counted for score in scores)
    share = 100 * (counted - sum(len(score.survivors) for score in scores)) / counted
    said = f"{share:.1f} % of {counted} (goal: at least {LEAST:.0f} %); {len(equivalent)} equivalent ones not counted"
    return print_goals([Goal("mistakes noticed", share, LEAST, said, is_least=True)])


def _score(name: str, mutants: Sequence[Mutant]) -> _Score:
    return _Score(MODULES[name], len(mutants), tuple(_survivors(name, mutants)))


def _equivalent() -> set[tuple[str, str, str, str]]:
    path = Path(__file__).with_name("equivalent_mutants.toml")
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    return {(one["file"], one["function"], one["source"], one["change"]) for one in entries}


def _survivors(name: str, mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return the mutants that neither the unit tests nor the cases notice."""
    left = list(mutants)
    for tests in (UNIT_TESTS, CASES):
        begin = time.perf_counter()
        if _waited(_forked(lambda tests=tests: _tested(tests))) != 0:  # type: ignore[misc]  # mypy cannot infer a lambda's default
            raise RuntimeError(f"{tests[0]} fails without any mistake")
        most = 10 + 10 * (time.perf_counter() - begin)
        left = list(_passing(name, left, tests, most))
    return left


def _passing(name: str, mutants: Sequence[Mutant], tests: Sequence[str], most: float) -> Iterator[Mutant]:
    """Yield the mutants with which the tests pass; one that takes too long was noticed."""
    waiting = list(reversed(mutants))
    running: dict[int, _Running] = {}
    while waiting or running:
        while waiting and len(running) < WORKERS:
            mutant = waiting.pop()
            child = _forked(lambda mutant=mutant: _install(name, mutant) or _tested(tests))  # type: ignore[misc]  # the same
            running[child] = _Running(mutant, time.perf_counter() + most)
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            one = running.pop(child)
            if os.waitstatus_to_exitcode(status) == 0:
                yield one.mutant
            continue
        for process, one in running.items():
            if time.perf_counter() > one.deadline:
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _forked(work: Callable[[], int]) -> int:
    """Do work in a process of its own, silently, and return its id; its exit code is what the work returns."""
    child = os.fork()
    if child:
        return child
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        code = work()
    except BaseException:  # noqa: BLE001 - a mistake that breaks the import was noticed
        code = 1
    os._exit(code)


def _waited(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _install(name: str, mutant: Mutant) -> int:
    """Put the mutant in the module's place, before anything has imported that."""
    module = types.ModuleType(name)
    module.__file__ = str(mutant.path)
    sys.modules[name] = module
    exec(compile(mutant.tree, str(mutant.path), "exec"), module.__dict__)
    package, _, last = name.rpartition(".")
    setattr(sys.modules[package], last, module)
    return 0


def _tested(tests: Sequence[str]) -> int:
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]))
