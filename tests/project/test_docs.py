"""The documentation tells the truth: its workflows, inputs, pins, links and outputs are the program's."""

import re

import pytest
import yaml

from roadmap_sync.config.file import Config
from tests.support.runner import ACTION, ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
WORKFLOWS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / ".github/workflows").glob("*.yml"))


def blocks(language):
    """The fenced blocks of a language on all pages, with their page's name."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    found = [(name, block) for name, text in TEXTS.items() for block in fence.findall(text)]
    return [pytest.param(block, id=f"{name} {number}") for number, (name, block) in enumerate(found)]


def steps(block):
    """The steps in a block of YAML, whether it is a whole workflow or a few of its lines."""
    said = yaml.safe_load(block)
    if isinstance(said, list):
        return said
    return [step for job in said.get("jobs", {}).values() for step in job["steps"]] if isinstance(said, dict) else []


@pytest.mark.parametrize("block", blocks("yaml"))
def test_its_workflows_use_the_action_as_it_is(block):
    """Each input is one that the action has, and its value one that the action takes."""
    for step in steps(block):
        if step.get("uses", "").startswith("OWNER/roadmap-sync@"):
            assert set(step["with"]) <= set(ACTION["inputs"])
            assert step["with"].get("command", "sync") in {"sync", "diff", "check", "doctor", "snapshot"}
            assert step["with"].get("to", "") in {"", "pull-request", "branch", "comment"}


@pytest.mark.parametrize("block", blocks("yaml"))
def test_its_workflows_pin_what_ours_pin(block):
    """Actions of others stand there with the very hash and version that this repository uses itself."""
    for action, version in re.findall(r"uses: (\S+)(.*)", block):
        assert action == "OWNER/roadmap-sync@COMMIT" or f"{action}{version}" in WORKFLOWS


@pytest.mark.parametrize("block", blocks("yaml"))
def test_its_workflows_ask_for_little(block):
    """A whole workflow asks for nothing at its top and has one concurrency group."""
    said = yaml.safe_load(block)
    if isinstance(said, dict) and "jobs" in said:
        assert said["permissions"] == {}
        assert said["concurrency"]["group"]
        assert all(job["permissions"] and job["timeout-minutes"] for job in said["jobs"].values())


@pytest.mark.parametrize("block", blocks("toml"))
def test_its_configs_are_valid(block):
    """Each piece of a config is read without an error."""
    board = "" if "[board]" in block else '[board]\nurl = "https://github.com/orgs/acme/projects/3"\n'

    assert Config.from_text(board + block, "docs").board


LINKS = [(name, link) for name, text in TEXTS.items() for link in re.findall(r"\]\(([^)\s]+)\)", text)]


@pytest.mark.parametrize(("name", "link"), LINKS, ids=[f"{name} {link}" for name, link in LINKS])
def test_its_links_lead_somewhere(name, link):
    """Files are there, and headings too."""
    if link.startswith("https://"):
        return
    path, _, anchor = link.partition("#")
    target = ROOT / "docs" / (path or name)

    assert target.resolve().exists()
    if anchor:
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_doctor_speaks_like_that():
    """What the set-up page shows of the doctor is what the tests of the doctor find."""
    from tests.commands.test_doctor import CASES

    case = CASES["the job's token for an organisation's board"]
    (shown,) = re.findall(r"^```\n(ok     config .*?)^```$", TEXTS["setup.md"], re.DOTALL | re.MULTILINE)

    assert case.line in shown
    assert f"Do: {case.way_out}" in shown
