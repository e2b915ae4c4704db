"""Plays a GitHub runner: runs the steps of a composite action, as they stand in `action.yml`, with bash."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
#: What of this process a step may know; all else is the runner's.
_KEPT = ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Done:
    """What a step came to; `log` is what a runner shows, `commands` those lines that it takes for commands."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        """Return the commands as a runner finds them: until it is told to stop, and after it is told to go on."""
        found, stop = [], ""
        for line in self.log.splitlines():
            if stop:
                stop = "" if line.strip() == f"::{stop}::" else stop
            elif line.lstrip().startswith("::stop-commands::"):
                stop = line.strip().removeprefix("::stop-commands::")
            elif line.lstrip().startswith("::") or "##[" in line:
                found.append(line)
        return found


@dataclass
class Runner:
    """A job: its workspace, its temporary folder, its variables, and the contexts that expressions may name."""

    workspace: Path
    temp: Path
    variables: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, str] = field(default_factory=dict)

    def run(self, name: str, **inputs: str) -> Done:
        """Run the step with this id or name, with inputs as a workflow gives them."""
        (step,) = (one for one in ACTION["runs"]["steps"] if name in {one.get("id"), one["name"]})
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "no expression is ever part of a script"
        known = self.contexts | _inputs(inputs, self.contexts)
        files = {variable: self.temp / f"{name}-{variable}" for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.temp / f"{name}.sh"
        script.write_text(step["run"])
        environment = {
            **{kept: os.environ[kept] for kept in _KEPT if kept in os.environ},
            **self.variables,
            **{variable: str(file) for variable, file in files.items()},
            **{key: _evaluated(value, known) for key, value in step["env"].items()},
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(
            command,
            cwd=self.workspace,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        outputs = dict(read_outputs(files["GITHUB_OUTPUT"].read_text()))
        return Done(done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text())


def _inputs(given: Mapping[str, str], contexts: Mapping[str, str]) -> dict[str, str]:
    unknown = {name.replace("_", "-") for name in given} - set(ACTION["inputs"])
    assert not unknown, f"the action has no input {unknown}"
    defaults = {name: _evaluated(said["default"], contexts) for name, said in ACTION["inputs"].items()}
    chosen = defaults | {name.replace("_", "-"): value for name, value in given.items()}
    return {f"inputs.{name}": value for name, value in chosen.items()}


def _evaluated(text: str, known: Mapping[str, str]) -> str:
    """Put in the values of expressions; one that names what is not known fails the test."""
    return _EXPRESSION.sub(lambda match: known[match[1]], str(text))


def read_outputs(text: str):
    """Read a runner's output file as the runner does: `name=value`, or lines up to a delimiter."""
    lines = iter(text.splitlines())
    for line in lines:
        if "<<" in line:
            name, _, end = line.partition("<<")
            yield name, "\n".join(iter(lines.__next__, end))
        else:
            name, _, value = line.partition("=")
            yield name, value


def runner(workspace: Path, temp: Path, **variables: str) -> Runner:
    """Make a job in an empty folder, with this Python in place of the one that the action installs."""
    workspace.mkdir(parents=True, exist_ok=True)
    temp.mkdir(parents=True, exist_ok=True)
    contexts = {
        "github.token": "job-token",
        "steps.python.outputs.python-path": sys.executable,
        "steps.install.outputs.python": sys.executable,
    }
    return Runner(workspace, temp, variables, contexts)
