"""Every workflow and every command of the documentation is run, as far as that goes without GitHub (C16)."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from roadmap_sync import cli
from tests.project.test_action import job, pull_request, server, write
from tests.standin import Server, serve
from tests.support.pulls import PATH
from tests.support.runner import ROOT, Runner
from tests.support.runs import CONFIG, PAGE, TICKED, Place, place

__all__ = ["job", "place", "server"]

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
#: YAML 1.1 reads the key `on` as a truth.
ON = True
BOARD = "https://github.com/orgs/acme/projects/3"
OURS = "OWNER/roadmap-sync@COMMIT"


def blocks(language: str) -> list[Any]:
    """The fenced blocks of a language on all pages, with a name each."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = [(name, block) for name, text in TEXTS.items() for block in fence.findall(text)]
    return [pytest.param(block, id=f"{name}-{number}") for number, (name, block) in enumerate(found)]


#: The workflow of docs/setup.md, from which recipes tell what differs.
(WHOLE,) = re.findall(r"^```yaml\n(name: .*?)^```$", TEXTS["setup.md"], re.DOTALL | re.MULTILINE)


def as_workflow(block: str) -> dict[Any, Any] | None:
    """Return a block as a whole workflow: the lines that differ, put into that of docs/setup.md. None for none."""
    said, whole = yaml.safe_load(block), yaml.safe_load(WHOLE)
    (sync,) = whole["jobs"].values()
    if isinstance(said, list):
        sync["steps"] = [*sync["steps"][:-1], *said]
    elif "jobs" in said:
        return said
    elif ON in said:
        whole[ON] = said[ON]
    elif "board-token" in said:
        sync["steps"][-1]["with"] |= said
        sync["steps"] = [step for step in sync["steps"] if step.get("id") != "app"]
    else:
        return None
    return whole


def ours(block: str) -> list[dict[str, str]]:
    """The inputs of each step of a block that uses the action."""
    workflow = as_workflow(block) or {"jobs": {}}
    steps = [step for one in workflow["jobs"].values() for step in one["steps"]]
    return [step.get("with", {}) for step in steps if step.get("uses") == OURS]


# Workflows --------------------------------------------------------------------------------------------------


def test_no_workflow_is_left_out() -> None:
    """What is no workflow and no lines of one is the config of pre-commit, which has a test of its own."""
    others = [block.values[0] for block in blocks("yaml") if as_workflow(block.values[0]) is None]

    assert [list(yaml.safe_load(block)) for block in others] == [["repos"]]
    assert len(blocks("yaml")) >= 8


@pytest.mark.slow
def test_workflows_are_sound(tmp_path: Path) -> None:
    """Both actionlint and zizmor find nothing in them, with the settings of this repository's own."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for number, block in enumerate(blocks("yaml")):
        if (workflow := as_workflow(block.values[0])) is not None:
            text = yaml.safe_dump(workflow, sort_keys=False).replace("true:", '"on":', 1)
            (folder / f"{number}.yml").write_text(text.replace(OURS, f"octo-org/roadmap-sync@{'0123456789' * 4}"))
    tools = Path(sys.executable).parent
    config = str(ROOT / ".github/zizmor.yml")
    for name, *arguments in (
        ["actionlint", *map(str, sorted(folder.glob("*.yml")))],
        ["zizmor", "--offline", "--quiet", "--config", config, str(folder)],
    ):
        program = [tools / name, *arguments]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout + done.stderr


#: What the expressions of the documentation stand for in a job.
VALUES = {
    "steps.app.outputs.token": "board-token",
    "secrets.ROADMAP_SYNC_TOKEN": "board-token",
    "github.token": "job-token",
}


def given(inputs: dict[str, str]) -> dict[str, str]:
    """Return the inputs with their expressions' values, named as the runner of the tests takes them."""
    found = {key: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: VALUES[match[1]], str(v)) for key, v in inputs.items()}
    return {key.replace("-", "_"): value for key, value in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in blocks("yaml") if ours(block.values[0])])
def test_the_action_does_what_a_workflow_asks(job: Runner, server: Server, block: str) -> None:
    """The action's own step, with the inputs as they stand there: what the recipe promises is done."""
    rocket = server.world.repository("acme/rocket")
    for inputs in ours(block):
        wanted = given(inputs)
        if "config" in wanted:
            write(job, wanted["config"], (job.workspace / "roadmap-sync.toml").read_bytes())
        pull = pull_request(job, server) if wanted.get("to") == "comment" else None
        if pull is None:
            rocket.git.commit("main", {PATH: PAGE}, "Write the page")
        done = job.run("run", **wanted)

        fails = pull is not None and wanted.get("fail_on_drift") == "true"
        assert done.code == (1 if fails else 0), done.log
        assert bool(done.summary) is (wanted.get("command") != "snapshot")
        if pull is not None:
            assert len(pull.comments) == 1
        if wanted.get("to") == "pull-request":
            assert done.outputs["pull-request-url"]
        if wanted.get("command") == "snapshot":
            assert json.loads((job.workspace / wanted["out"]).read_text())["version"] == 1


# Commands ---------------------------------------------------------------------------------------------------

#: The words that stand for something else, and what they stand for here.
STANDS_FOR = {"URL": BOARD, "PAGE…": PATH, "PAGE": PATH, "FILE": "board.json"}


def lines() -> list[str]:
    """The commands that the documentation tells to type: lines of blocks, code in sentences, examples of `--help`."""
    found: list[str] = []
    for text in TEXTS.values():
        for block in re.findall(r"^```(?:sh|console)?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            known = [line for line in block.splitlines() if re.match(r"(?:[A-Z_]+=\S+ )*roadmap-sync\b(?!:)", line)]
            found += [line.partition("  #")[0].strip() for line in known]
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
        found += re.findall(r"`(roadmap-sync(?: [^`]*)?)`", prose)
    for command in cli.roadmap_sync.commands.values():
        found += (command.epilog or "").partition("Example:\n")[2].strip().split(" | ")[0].split(" && ")
    return sorted(set(found))


def command_lines() -> list[str]:
    """The lines as they are run here; one that goes for every command becomes one a command."""
    found: list[str] = []
    for line in lines():
        text = " ".join(STANDS_FOR.get(word, word) for word in line.split())
        text = text.replace("https://github.com/orgs/NAME/projects/1", BOARD)
        found += [text.replace("COMMAND", name) for name in cli.roadmap_sync.commands] if "COMMAND" in text else [text]
    return [line for line in dict.fromkeys(found) if line.startswith("roadmap-sync")]


def ready(place: Place, page: bytes) -> None:
    """Write what the lines name: a page at each place, a board's file, git's history."""
    place.write(PATH, page)
    place.write("ROADMAP.md", page)
    place.run("snapshot", "board.json")
    person = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-qm", "Begin")):
        subprocess.run(["git", *person, *words], cwd=place.directory, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("line", command_lines())
def test_a_command_works(place: Place, line: str) -> None:
    """In a folder with a config, a page and a token it does what it says; nothing is wrong with its words."""
    words = [word.replace("origin/main", "HEAD") for word in shlex.split(line)[1:]]
    ready(place, PAGE.replace(b"Paint the whole hull", b"Our hull: paint!") + b"\nMore words.\n" * 12)
    if "ROADMAP.md" in words:
        (place.directory / "roadmap-sync.toml").unlink()
    if "--write" in words:
        words[-1] = "15"  # the line of this page that has a candidate
    ran = place.run(*words)

    assert ran.code in {0, 1}, ran.err
    assert ran.out or ran.err


@pytest.mark.slow
@pytest.mark.parametrize("line", command_lines())
def test_a_command_in_an_empty_folder(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """Where there is nothing yet, a person is told what is missing and what to do; nothing is written."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv("GH_TOKEN")
    ran = place.run(*shlex.split(line)[1:])

    assert ran.code in ({0} if "--help" in line else {2}), ran.err
    assert ran.out or ran.err.count("\n") >= 2
    assert list(empty.iterdir()) == []


@pytest.mark.slow
def test_the_line_for_an_enterprise_server(place: Place) -> None:
    """The variables that the recipe names lead to the server's own API, and the board's address is accepted."""
    (line,) = {line for line in lines() if line.startswith("GITHUB_SERVER_URL=")}
    host = re.match(r"GITHUB_SERVER_URL=(https://\S+)", line)[1]
    place.write("roadmap-sync.toml", CONFIG.replace("https://github.com", host))
    place.write(PATH, PAGE.replace(b"https://github.com", host.encode()))
    with serve(place.server) as url:
        shell = re.sub(r"GITHUB_GRAPHQL_URL=\S+", f"GITHUB_GRAPHQL_URL={url}", line)
        shell = shell.replace("roadmap-sync", f"{shlex.quote(sys.executable)} -m roadmap_sync")
        done = subprocess.run(["bash", "-c", shell], cwd=place.directory, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"--- a/docs/roadmap.md")


def test_the_two_lines_of_the_readme(place: Place) -> None:
    """`roadmap-sync diff` shows, and `roadmap-sync` makes it so."""
    assert {"roadmap-sync", "roadmap-sync diff"} <= set(lines())
    assert (place.run("diff").code, place.page.read_bytes()) == (0, PAGE)
    assert (place.run().code, place.page.read_bytes()) == (0, TICKED)


def test_the_rows_of_the_doctor(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/setup.md shows is, to the letter, what `doctor` prints of a job's own token."""
    (shown,) = re.findall(r"^```\n(ok     config .*?)^```$", TEXTS["setup.md"], re.DOTALL | re.MULTILINE)
    monkeypatch.delenv("GH_TOKEN")
    monkeypatch.setenv("GITHUB_TOKEN", "job-token")
    place.server.world.token("job-token", kind="actions", login="github-actions[bot]", boards="hidden")

    assert place.run("doctor").out.decode().startswith(shown)
