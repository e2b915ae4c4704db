"""Times whole commands side by side; must not know what they do.

What counts is the processor's time, the system's included: on an idle machine it is the time that passes, for
commands that neither wait nor go side by side, and on a busy one it is still the command's own.
"""

import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Where the console scripts of the Python that runs us lie.
SCRIPTS = Path(sys.executable).parent


def seconds(command: Sequence[str], directory: Path, *, most: float | None = None) -> float | None:
    """Return what a command takes, start to end; None where it is stopped after `most` seconds.

    Raises RuntimeError with its last words where it fails.
    """
    limit = None if most is None else (math.ceil(most), math.ceil(most) + 1)

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CPU, limit)

    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=directory, stdout=said, stderr=said, preexec_fn=confine)  # noqa: PLW1509 - no threads here
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        taken = usage.ru_utime + usage.ru_stime
        # The limit may fall short of what is counted here by a few milliseconds.
        if most is not None and child.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
            return None
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} ended with {child.returncode}: {said.read().decode()[-300:]}")
    return taken


def best(commands: Mapping[str, Sequence[str]], directory: Path, runs: int) -> dict[str, float]:
    """Return each command's best time; they take turns, so that a busy moment meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(seconds(command, directory) or 0.0)
    return {name: min(taken) for name, taken in times.items()}
