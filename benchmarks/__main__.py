"""Runs one benchmark: `python -m benchmarks NAME` from the repository's root; exit code 1 where a goal is missed."""

import importlib
import sys

#: Each is a module beside this one with `run() -> bool`: whether every goal was met.
BENCHMARKS = {
    "replay": "the seed page's true history: what a daily run would have ticked, and when",
    "page": "a page of 10,000 items: locating, planning, splicing and proving, against mdformat --check",
    "start": "roadmap-sync --version, against python -c 'import click'",
    "link": "proposed pins: how many are right, how many of the true ones are found",
    "mutants": "how many deliberate mistakes in the verdict and the ticks the tests notice",
}


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named; without a name, say which there are."""
    if len(arguments) != 1 or arguments[0] not in BENCHMARKS:
        for name, what in BENCHMARKS.items():
            print(f"python -m benchmarks {name:8} {what}", file=sys.stderr)
        return 2
    return 0 if importlib.import_module(f"benchmarks.{arguments[0]}").run() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
