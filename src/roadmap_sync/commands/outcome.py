"""Owns what every command takes and gives; each module beside this one is one command: load, plan, act.

A command takes an Invocation and gives an Outcome. It prints nothing itself: `cli.py` does, and tells the runner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmap_sync.errors import Exit, worst
from roadmap_sync.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Invocation:
    """What the person typed, and where: the working directory and the environment of the process.

    `timeout` is in seconds, for all that is asked of GitHub. `is_terminal` tells whether a person may be looking.
    """

    directory: Path
    environ: Mapping[str, str] = field(repr=False)
    pages: tuple[str, ...] = ()
    config: str = ""
    board: str = ""
    allow: Mapping[str, int] = field(default_factory=dict)
    concurrency: int = 4
    timeout: float = 120
    is_terminal: bool = False
    is_verbose: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to: its exit code, its result for stdout, and lines for stderr.

    `said` is left out with `--quiet`, `errors` never. `saved` is where the JSON plan was put. `told` is what a
    runner's step summary says in place of the report, `pull_request_url` the pull request that holds the plan.
    `is_annotated` is false where its lines are not those of the commit that the job runs for.
    """

    exit: Exit
    result: bytes = b""
    said: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    plan: Plan | None = None
    saved: str = ""
    told: str = ""
    is_annotated: bool = True
    pull_request_url: str = ""


def exit_of(plan: Plan, *, is_difference_told: bool = False) -> Exit:
    """Return the exit code of a plan: an error, a guard, and, where it is asked for, a change that is due."""
    codes: list[Exit] = []
    for page in plan.pages:
        if page.error is not None:
            codes.append(page.error.exit)
        if page.refusal is not None:
            codes.append(Exit.REFUSED)
        if is_difference_told and any(change.caused for change in page.changes):
            codes.append(Exit.DIFFERS)
    return worst(codes)


def errors_of(plan: Plan) -> tuple[str, ...]:
    """Return what could not be done, page by page, with the way out."""
    return tuple(str(page.error) for page in plan.pages if page.error is not None)
