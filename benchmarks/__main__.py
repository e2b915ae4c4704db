"""Runs one benchmark: `python -m benchmarks NAME` from the repository's root; exit code 1 where a goal is missed.

`python -m benchmarks board --help` says how to choose sizes and latencies; the others take no options.
"""

import importlib
import sys

#: Each is a module beside this one with `run() -> bool`: whether every goal was met. Some take options.
BENCHMARKS = {
    "replay": "the seed page's true history: what a daily run would have ticked, and when",
    "page": "a page of 10,000 items: locating, planning, splicing and proving, against mdformat --check",
    "start": "roadmap-sync --version, against python -c 'import click'",
    "board": "boards of 100 to 50,000 items: requests, depth, points, seconds and memory, against plain readers",
    "link": "proposed pins: how many are right, how many of the true ones are found",
    "mutants": "how many deliberate mistakes in the verdict and the ticks the tests notice",
}
WITH_OPTIONS = {"board"}


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named; without a name, say which there are."""
    name, *options = arguments or [""]
    if name not in BENCHMARKS or (options and name not in WITH_OPTIONS):
        for known, what in BENCHMARKS.items():
            print(f"python -m benchmarks {known:8} {what}", file=sys.stderr)
        return 2
    return 0 if importlib.import_module(f"benchmarks.{name}").run(*options) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
