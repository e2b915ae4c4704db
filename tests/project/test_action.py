"""The composite action's own steps, read from `action.yml` and run with bash as a runner runs them."""

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

from roadmap_sync.runner import feedback
from tests.standin import Server, serve
from tests.support import reported
from tests.support.pulls import BASE, PATH
from tests.support.runner import ACTION, ROOT, Runner, runner
from tests.support.runs import CONFIG, PAGE, TICKED, small_world

pytestmark = pytest.mark.slow

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PARSED = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in WORKFLOWS}
#: YAML 1.1 reads the key `on` as a truth.
ON = True
BRANCH = "roadmap-sync"


@pytest.fixture
def server():
    """The small world's GitHub on loopback, with the job's own token, which sees no board."""
    world = small_world()
    world.token("board-token")
    world.token("job-token", kind="actions", login="github-actions[bot]", boards="hidden")
    return Server(world)


@pytest.fixture
def job(server, tmp_path):
    """A job in a folder that holds the config and the page and nothing else."""
    with serve(server) as url:
        made = runner(
            tmp_path / "workspace",
            tmp_path / "temp",
            GITHUB_GRAPHQL_URL=url,
            GITHUB_SERVER_URL="https://github.com",
            GITHUB_REPOSITORY="acme/rocket",
            GITHUB_EVENT_NAME="schedule",
        )
        write(made, "roadmap-sync.toml", CONFIG.encode())
        write(made, PATH, PAGE)
        yield made


def write(made: Runner, path: str, data: bytes) -> Path:
    """Write a file of the workspace."""
    file = made.workspace / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def pull_request(made: Runner, server: Server, *, is_fork: bool = False):
    """Let the job run for a pull request that adds a line whose issue is done."""
    rocket = server.world.repository("acme/rocket")
    rocket.git.commit("main", {PATH: BASE}, "Write the page")
    heads = server.world.repository("bob/rocket") if is_fork else rocket
    if is_fork:
        heads.git.commits.update(rocket.git.commits)
        server.world.tokens["job-token"].may_write = False
    heads.git.branches["fly"] = rocket.git.branches["main"]
    heads.git.commit("fly", {PATH: PAGE}, "Add a line")
    pull = rocket.pull(40, "Add a line", head="fly", head_repository=heads)
    event = {
        "repository": {"full_name": "acme/rocket"},
        "pull_request": {
            "number": 40,
            "base": {"sha": rocket.git.branches["main"]},
            "head": {"sha": heads.git.branches["fly"], "repo": {"full_name": heads.full_name}},
        },
    }
    made.variables["GITHUB_EVENT_NAME"] = "pull_request"
    made.variables["GITHUB_EVENT_PATH"] = str(write(made, "../event.json", json.dumps(event).encode()))
    return pull


# Installing -------------------------------------------------------------------------------------------------


def test_it_installs_from_its_own_checkout(tmp_path):
    """The install step makes an environment of its own, outside the workspace, and says which Python is in it."""
    paths = os.pathsep.join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": paths}
    made = runner(tmp_path / "workspace", tmp_path / "temp", **offline)

    done = made.run("install")

    python = Path(done.outputs["python"])
    assert done.code == 0, done.log
    assert python.is_relative_to(tmp_path / "temp")
    assert [*made.workspace.iterdir()] == []
    assert list(python.parent.parent.rglob("roadmap_sync/queries/fragments/board.graphql"))
    assert os.access(python, os.X_OK)


@pytest.mark.parametrize("name", ["install", "run"])
def test_no_module_of_the_checkout_is_run(job, name):
    """A file of the checkout that is called like a module, Python's or the program's, is never run."""
    trap = b"from pathlib import Path\nPath(__file__).with_name('evil').touch()\nraise SystemExit(9)\n"
    for module in (
        "roadmap_sync/__init__.py",
        "secrets.py",
        "json.py",
        "venv.py",
        "pip.py",
        "click.py",
        "ensurepip.py",
    ):
        write(job, module, trap)
    inputs = {"command": "sync", "board_token": "board-token"} if name == "run" else {}
    job.variables |= {"PYTHONPATH": "."} if name == "run" else {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}

    done = job.run(name, **inputs)

    assert not list(job.workspace.rglob("evil")), done.log
    assert name == "install" or done.code == 0, done.log


# Schedule ---------------------------------------------------------------------------------------------------


def test_scheduled(job, server):
    """The page is written; summary, outputs and annotations say so."""
    done = job.run("run", command="sync", board_token="board-token")

    assert done.code == 0, done.log
    assert (job.workspace / PATH).read_bytes() == TICKED
    assert done.summary.startswith("docs/roadmap.md: 2 ticks;")
    assert (done.outputs["changed"], done.outputs["ticked"], done.outputs["attention"]) == ("true", "2", "2")
    assert done.commands[0] == (
        "::warning file=docs/roadmap.md,line=7,col=4,title=roadmap-sync::"
        'tick #12 Status "Shipped", closed as completed 2024-06-26'
    )
    assert len(done.commands) == 4
    assert {request.headers["authorization"] for request in server.log} == {"Bearer board-token"}


def test_scheduled_as_a_pull_request(job, server):
    """The page goes to a branch and a pull request, written with the job's own token; the board is read with its."""
    server.world.repository("acme/rocket").git.commit("main", {PATH: PAGE}, "Write the page")

    done = job.run("run", command="sync", to="pull-request", board_token="board-token")

    assert done.code == 0, done.log
    (pull,) = (p for p in server.world.repository("acme/rocket").numbers.values() if getattr(p, "head", "") == BRANCH)
    assert done.outputs["pull-request-url"] == pull.url
    assert pull.author == "github-actions[bot]"
    assert (job.workspace / PATH).read_bytes() == PAGE
    writing = {request.headers["authorization"] for request in server.log if request.is_mutation}
    assert writing == {"Bearer job-token"}
    boards = {request.headers["authorization"] for request in server.log if "projectV2" in request.document}
    assert boards == {"Bearer board-token"}


def test_the_snapshot_for_previews(job):
    """A scheduled run leaves the board behind as a file."""
    done = job.run("run", command="snapshot", out="board.json", board_token="board-token")

    assert done.code == 0, done.log
    saved = json.loads((job.workspace / "board.json").read_text())
    assert saved["board"]["url"] == "https://github.com/orgs/acme/projects/3"


# Pull requests ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fail", "code"), [("false", 0), ("true", 1)], ids=["told", "failing"])
def test_for_a_pull_request(job, server, fail, code):
    """It comments, warns on the line, and fails only where it is asked to."""
    pull = pull_request(job, server)

    done = job.run("run", command="diff", to="comment", board_token="board-token", fail_on_drift=fail)

    assert done.code == code, done.log
    assert len(pull.comments) == 1
    assert pull.comments[0].author == "github-actions[bot]"
    assert done.summary.startswith("docs/roadmap.md: 1 tick; 1 change was due before;")
    assert done.outputs["changed"] == "true"
    assert [line for line in done.commands if "line=7,col=4" in line]


def test_for_a_fork(job, server):
    """Without a board token, from the saved board: the same words, no comment, no mutation, exit 0."""
    assert job.run("run", command="snapshot", out="board.json", board_token="board-token").code == 0
    pull = pull_request(job, server, is_fork=True)
    before = len(server.log)

    done = job.run("run", command="diff", to="comment", board="board.json")

    assert done.code == 0, done.log
    assert pull.comments == ()
    assert done.summary.startswith("docs/roadmap.md: 1 tick; 1 change was due before;")
    assert "No comment: the pull request comes from a fork" in done.summary
    assert "No comment: the pull request comes from a fork" in done.log
    assert not [request for request in server.log[before:] if request.is_mutation]


def test_for_a_fork_without_a_board(job, server):
    """Without a saved board either there is no verdict: exit 3, and why."""
    pull_request(job, server, is_fork=True)

    done = job.run("run", command="diff", to="comment")

    assert done.code == 3
    assert "GITHUB_TOKEN never can" in done.log
    assert "in step" not in done.log + done.summary
    assert done.commands[-1].startswith("::error title=roadmap-sync::")


# What it lets through ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fail", "code"), [("false", 0), ("true", 1)], ids=["told", "failing"])
def test_check(job, fail, code):
    """Drift fails a check where it is asked to; anything else always does."""
    assert job.run("run", command="check", board_token="board-token", fail_on_drift=fail).code == code
    assert job.run("run", command="check", fail_on_drift=fail).code == 3


BAD = {
    "another command": {"command": "rm -rf /"},
    "an option as command": {"command": "--help"},
    "fail-on-drift with sync": {"command": "sync", "fail_on_drift": "true"},
    "odd fail-on-drift": {"command": "diff", "fail_on_drift": "yes"},
    "an option as place": {"command": "sync", "to": "$(touch evil) --help"},
    "an option as config": {"command": "diff", "config": "--version"},
    "a script as board": {"command": "diff", "board": "`touch evil`"},
}


@pytest.mark.parametrize("inputs", BAD.values(), ids=BAD)
def test_bad_inputs(job, inputs):
    """Exit 2, and no text of an input is ever run or taken for an option."""
    done = job.run("run", **inputs)

    assert done.code == 2, done.log
    assert not list(job.workspace.rglob("evil"))


def test_a_page_gives_no_commands(job):
    """Lines of a page that look like a runner's commands are shown where it takes none."""
    evil = b"::set-output name=changed::false\n ::error::x\n##[set-output name=ticked;]99\n"
    write(job, PATH, PAGE.replace(b"## Engines\n\n", b"## Engines\n\n" + evil))

    done = job.run("run", command="diff", board_token="board-token")

    assert "::set-output name=changed::false" in done.log
    assert all(line.startswith("::warning file=docs/roadmap.md,line=") for line in done.commands)
    assert done.outputs["ticked"] == "2"


# What is promised -------------------------------------------------------------------------------------------


def test_outputs_are_those_of_the_program():
    """The action hands on each output that the program sets, and no other."""
    assert set(ACTION["outputs"]) == set(feedback.outputs(reported.plan()))
    for name, said in ACTION["outputs"].items():
        assert said["value"] == f"${{{{ steps.run.outputs.{name} }}}}"


@pytest.mark.parametrize("path", [ROOT / "action.yml", *WORKFLOWS], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    """Each action of others is named by a whole commit hash, with its version behind; one hash an action."""
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))

    for action, rest in used:
        if action != "./":
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", rest), action


def test_an_action_has_one_version():
    """Two workflows never use two versions of one action."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "action.yml", *WORKFLOWS)]
    pairs = {tuple(found.split("@")) for text in texts for found in re.findall(r"uses: (\S+@\S+)", text)}

    assert len(pairs) == len({name for name, _ in pairs})


@pytest.mark.parametrize("workflow", PARSED.values(), ids=PARSED)
def test_workflows_ask_for_little(workflow):
    """No permission at the top, a reason for each in a job, one concurrency group, and an end."""
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 20


def test_the_schedule_is_at_an_odd_time():
    """Not in the rush at the start of an hour or at its quarters."""
    for said in PARSED["roadmap.yml"][ON]["schedule"]:
        assert int(said["cron"].split()[0]) % 5


def test_foreign_code_is_never_run_with_secrets():
    """No workflow runs on pull_request_target; the one on workflow_run takes nothing of the head."""
    assert not [name for name, workflow in PARSED.items() if "pull_request_target" in workflow[ON]]
    for name, workflow in PARSED.items():
        if "workflow_run" in workflow[ON]:
            text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
            assert "ref:" not in text
            assert "download" not in text.partition("jobs:")[2]


def test_the_config_is_the_default_branchs():
    """A run for a pull request that was closed never takes the config of what was declined."""
    (sync,) = PARSED["roadmap.yml"]["jobs"].values()
    checkout = sync["steps"][0]

    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"


def test_the_preview_is_for_the_configs_pages():
    """It starts on the config and on each page that this repository's config names."""
    config = (ROOT / "config.toml").read_text(encoding="utf-8")
    pages = re.findall(r'^path = "(.*)"', config, re.MULTILINE)

    assert set(PARSED["roadmap-preview.yml"][ON]["pull_request"]["paths"]) == {*pages, "config.toml"}


def test_the_commit_hook(tmp_path):
    """What pre-commit would run fails where the page differs from the saved board, and passes where it does not."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, *words = hook["entry"].split()
    assert (program, hook["pass_filenames"], hook["language"]) == ("roadmap-sync", False, "python")
    command = [sys.executable, "-m", "roadmap_sync", *words]

    done = subprocess.run([*command, "examples/board.json"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout.startswith("examples/roadmap.md:")
    assert hook["args"] == ["board.json"]
    assert re.search(hook["files"], "docs/roadmap.md")
