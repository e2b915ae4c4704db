"""Tests of answers that GitHub's schema does not allow: whatever comes, a run ends well or with a sentence."""

import asyncio
import re
from dataclasses import replace

import pytest
import respx

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.question import BoardAddress
from roadmap_sync.config.file import PullRequestOptions
from roadmap_sync.errors import BugError, GitHubError, RoadmapSyncError
from roadmap_sync.github import setup
from roadmap_sync.github.client import GitHub, Timing
from roadmap_sync.github.discussion import Discussion, Thread, number_of_head
from roadmap_sync.github.queries import document
from roadmap_sync.github.repository import RemoteRepository
from roadmap_sync.publishers import branch, pull_request
from tests.standin import install
from tests.support.days import BRANCH, PLACE, TOKEN, Days, at_once
from tests.support.makers import area_of, area_query, board, issue, rules
from tests.support.odd import Recorder, Replay, odd_answers
from tests.support.runner import ROOT

ADDRESS = BoardAddress("https://github.com/orgs/acme/projects/1", "github.com", "acme", 1)
OPTIONS = PullRequestOptions(BRANCH, labels=("docs", "gone"), reviewers=("ann", "acme/crew"))
ENDPOINT = "https://api.github.com/graphql"
FULL_NAME = "acme/rocket"


def new_days() -> Days:
    """A repository in which one box is due, and an area to which one line may be added."""
    days = Days(rules=rules(path=PLACE, add=("Backlog",), areas=(area_of("Hull", filter="is:issue"),)))
    found = replace(issue(9, "OPEN", "Backlog"), facts=Facts())
    known = [issue(1, "OPEN", "Shipped"), *(issue(number, "OPEN", "Backlog") for number in range(2, 10))]

    async def read(_pages):
        return board(*known, candidates={area_query("is:issue", statuses=("Backlog",)): (found,)})

    days.read_board = read
    days.repository.labels = ("docs",)
    days.world.owner("ann", is_user=True)
    days.world.owner("acme").teams = ("crew",)
    days.world.project("acme", 1)
    return days


def open_days() -> Days:
    """The same after a run, with a word on the pull request that it opened."""
    days = new_days()
    days.run()
    days.world.comment(days.open, "Words", "robot")
    return days


def behind_days() -> Days:
    """The same, and the base has got a commit since."""
    days = open_days()
    days.edit("Words of a person.", "Other words.")
    days.edit("- [ ] By hand", "- [ ] By hand\n- [ ] More")
    days.edit("# Roadmap", "# Our roadmap", branch=BRANCH)
    return days


async def keep_pull_request(client, days: Days) -> None:
    """Run as `sync --to pull-request` does."""
    repository = RemoteRepository(client, FULL_NAME, BRANCH, days.targets())
    await pull_request.keep(repository, days.read_board, OPTIONS, sleep=at_once)


async def keep_branch(client, days: Days) -> None:
    """Run as `sync --to branch` does."""
    repository = RemoteRepository(client, FULL_NAME, BRANCH, days.targets())
    await branch.keep(repository, days.read_board, sleep=at_once)


async def discuss(client, days: Days) -> None:
    """Ask and say all that `diff --to comment` may."""
    head = days.git.branches[BRANCH]
    discussion = Discussion(client, FULL_NAME, days.open.number)
    seen = await discussion.look()
    await number_of_head(client, FULL_NAME, BRANCH, FULL_NAME, head)
    await discussion.parents(seen.merge or head)
    await discussion.files(head, (PLACE, "no/such.md"))
    await discussion.add_comment(seen, "Ours")
    seen = await discussion.look()
    await discussion.review(seen, [Thread(PLACE, 7, 7, "On a line")])
    await discussion.bodies_on_lines()
    for comment in seen.ours:
        await discussion.change_comment(comment, "Ours anew")


async def look_at_setup(client, _days: Days) -> None:
    """Ask and judge all that `doctor` does by itself."""
    who = await client.send(document("whoami"), {})
    kind = setup.kind_of("ghp_x", "GH_TOKEN", who)
    seen = await client.send(document("board_visibility"), {"owner": "acme", "number": 1})
    may = await client.send(document("repository_permissions"), {"owner": "acme", "name": "rocket"})
    findings = [
        setup.of_token(kind, "GH_TOKEN", who, is_team_asked=False),
        setup.of_rate(who),
        *setup.of_board(seen, ADDRESS, kind),
        setup.of_writing(may, kind, FULL_NAME, is_needed=True),
    ]
    setup.render(findings)


WALKS = {
    "open": (new_days, keep_pull_request),
    "in step": (open_days, keep_pull_request),
    "behind": (behind_days, keep_pull_request),
    "branch": (new_days, keep_branch),
    "comment": (open_days, discuss),
    "setup": (new_days, look_at_setup),
}


def recorded(name: str):
    """Walk once with a GitHub that answers well; return the world and each operation's answers."""
    make, walk = WALKS[name]
    days = make()

    async def go():
        async with GitHub(ENDPOINT, TOKEN, deadline=60, timing=Timing(at_once)) as client:
            recorder = Recorder(client)
            await walk(recorder, days)
            return recorder.answers

    with respx.mock(assert_all_called=False) as router:
        install(router, days.server)
        return days, asyncio.run(go())


def outcome(walk, client, days: Days) -> str:
    """Return how a walk ended: empty, or the error that a person sees."""
    try:
        asyncio.run(walk(client, days))
    except BugError:
        raise
    except RoadmapSyncError as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("name", WALKS)
def test_an_odd_answer_is_no_bug(name):
    """Null, or a wrong type, at each place of each answer: never a traceback."""
    days, answers = recorded(name)
    walk = WALKS[name][1]
    ends = []

    for operation, known in answers.items():
        for good in known:
            for what, odd in odd_answers(good):
                try:
                    ends.append(outcome(walk, Replay(answers, {operation: odd}), days))
                except Exception as error:
                    raise AssertionError(f"{operation}: {what}") from error
    assert "" in ends
    assert any("GitHub's answer was not understood" in end for end in ends) or name == "setup"


def test_every_query_is_walked():
    """No query about a repository or the set-up is left out above; of a mutation's answer only errors are read."""
    seen = {operation for name in WALKS for operation in recorded(name)[1]}
    files = [path for folder in ("repository", "setup") for path in (ROOT / "queries" / folder).glob("*.graphql")]
    texts = "".join(path.read_text(encoding="utf-8") for path in files)

    assert set(re.findall(r"^query (\w+)", texts, re.MULTILINE)) - seen == set()


def test_an_odd_answer_is_named():
    """The error says what was asked, where, and what to do."""
    days, answers = recorded("open")
    (first, *_) = answers["Scene"]
    data = {"repository": {**first.data["repository"], "url": None}}

    with pytest.raises(GitHubError) as caught:
        asyncio.run(keep_pull_request(Replay(answers, {"Scene": replace(first, data=data)}), days))

    assert str(caught.value) == (
        "acme/rocket: GitHub's answer was not understood; it was asked for the repository's branches and pull "
        "requests\n  Run again; if this stays, please report it, with the version of your GitHub Enterprise Server."
    )
