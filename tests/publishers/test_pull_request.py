"""The one pull request: what it holds, how it follows board and people, and what it never does."""

import asyncio
import re
from dataclasses import replace
from itertools import pairwise

import pytest
import respx

from roadmap_sync.board.facts import Facts
from roadmap_sync.config.file import PullRequestOptions
from roadmap_sync.errors import GitHubError, InputError, RefusedError
from roadmap_sync.github.client import GitHub, Timing
from roadmap_sync.github.repository import RemoteRepository, Target
from roadmap_sync.publishers import branch
from roadmap_sync.pull_request.memory import Record, Trailer
from tests.standin import faults, install
from tests.standin.touches import Touch
from tests.support.days import BRANCH, PAGE, PLACE, TOKEN, Days, at_once
from tests.support.makers import area_of, area_query, board, issue, page, rules


def is_ticked(days: Days, number: int, on: str = BRANCH) -> bool:
    """Whether the box of an issue is ticked on a branch."""
    return "[x]" in days.line(number, on)


def record(pull) -> Record:
    """What a pull request remembers."""
    found = Record.from_body(pull.body)
    assert found is not None
    return found


def mutation(name: str):
    """Fit requests for one mutation."""
    return lambda request: request.is_mutation and f"{name}(" in request.document


# Opening and following -------------------------------------------------------------------------------------


def test_nothing_due_nothing_asked_of_anybody():
    """A page in step makes no branch and no pull request."""
    days = Days()

    done = days.run()

    assert (done.why, done.url, days.writes, days.pulls) == ("in step", "", 0, [])
    assert [*days.git.branches] == ["main"]


def test_a_pull_request_is_opened():
    """It holds what is due, counted in its title, with evidence in its body, in one commit on the newest base."""
    days = Days(verdicts={1: "done", 4: "done"})

    done = days.run()

    pull = days.open
    assert (done.why, done.url, done.steps) == ("current", pull.url, ("CreateBranch", "Write", "Open"))
    assert (pull.title, pull.head, pull.base, pull.is_draft) == ("Roadmap: 2 ticks", BRANCH, "main", False)
    assert days.page(BRANCH) == PAGE.replace("[ ] [Fly]", "[x] [Fly]").replace("[ ] [Paint]", "[x] [Paint]")
    assert days.page() == PAGE
    commit = days.git.head(BRANCH)
    assert commit.parents == (days.git.branches["main"],)
    assert commit.message.startswith("Roadmap: 2 ticks\n\nRoadmap-Sync: ")
    assert "| Engines | 7 |" in pull.body
    assert len(record(pull).made) == 2


def test_equal_digest_not_one_write():
    """A second run, and one after a change of the base that means nothing, write nothing."""
    days = Days(verdicts={1: "done"})
    days.run()
    before = days.writes

    days.run()
    days.edit("Words of a person.", "Other words of a person.\n\nAnd more.")
    days.run()

    assert days.writes == before


def test_it_is_kept_current():
    """What becomes due is added to the branch, title and body; what is no longer due is taken back."""
    days = Days(verdicts={1: "done"})
    days.run()

    days.verdicts[2] = "done"
    added = days.run()
    days.verdicts[1] = "open"
    taken = days.run()

    assert added.steps == taken.steps == ("Write", "Update")
    assert [is_ticked(days, number) for number in (1, 2)] == [False, True]
    assert days.open.title == "Roadmap: 1 tick"
    assert len(days.pulls) == 1


def test_evidence_that_changes_is_no_commit():
    """Only the body is renewed where the reason is another one."""
    days = Days(verdicts={1: "done"})
    days.run()
    head = days.git.branches[BRANCH]
    days.verdicts[2] = "dropped"

    assert days.run().steps == ("Update",)
    assert days.git.branches[BRANCH] == head
    assert "closed as not planned" in days.open.body


def test_attention_alone_opens_nothing():
    """Only changes open a pull request."""
    days = Days(verdicts={2: "dropped"})

    assert (days.run().why, days.writes) == ("in step", 0)


def test_the_base_is_taken_in_where_it_matters():
    """A line that is new on the base and due comes to the branch with its commit."""
    days = Days(verdicts={1: "done", 9: "done"})
    days.run()
    days.edit("- [ ] By hand", "- [ ] [New](https://github.com/acme/rocket/issues/9)\n- [ ] By hand")

    assert days.run().steps == ("Merge", "Write", "Update")
    assert is_ticked(days, 9)
    assert Trailer.from_message(days.git.head(BRANCH).message) is not None


def test_drift_gone_closed_with_a_word():
    """Once nothing is due it is closed, with one comment, and its branch left."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[1] = "open"

    done = days.run()
    before = days.writes
    days.run()

    (pull,) = days.pulls
    assert (done.why, done.steps, days.writes - before) == ("in step", ("Comment", "Close"), 0)
    assert pull.state == "CLOSED"
    assert [comment.body.splitlines()[0] for comment in pull.comments] == [
        "The page is in step with the board without this, so it is closed. The next difference opens a new one."
    ]
    assert record(pull).is_retired


def test_closed_by_us_is_no_no():
    """What we closed ourselves is proposed again when it is due again, and the branch is used again."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[1] = "open"
    days.run()
    days.verdicts[1] = "done"

    done = days.run()

    assert (done.why, days.open.number, days.page(BRANCH)) == ("current", 2, PAGE.replace("[ ] [Fly]", "[x] [Fly]"))


def test_reopened_without_need_it_stays_open():
    """A person who opens again what we closed is not argued with."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[1] = "open"
    days.run()
    days.reopen(days.pulls[0])
    before = days.writes

    assert (days.run().why, days.writes, days.open.number) == ("current", before, 1)


# No means no -----------------------------------------------------------------------------------------------


def test_closed_by_a_person_it_is_not_opened_again():
    """Not until the plan holds what the closed one did not; the new one leaves that out and lists it."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.close()
    before = days.writes

    declined = days.run()
    assert (declined.why, declined.declined, days.writes) == ("declined", (1,), before)

    days.verdicts[2] = "done"
    days.run()
    assert days.open.number == 2
    assert (is_ticked(days, 1), is_ticked(days, 2)) == (False, True)
    assert days.open.title == "Roadmap: 1 tick"
    assert "Left out, since somebody said no to it" in days.open.body
    assert "declined in \\#&#8203;1" in days.open.body


def test_a_new_verdict_makes_it_due_again():
    """What was declined is proposed again once the board said something else in between."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.close()
    days.verdicts[1] = "open"
    assert days.run().steps == ("Forget",)
    days.verdicts[1] = "done"

    days.run()

    assert (days.open.number, is_ticked(days, 1)) == (2, True)


def test_reopened_it_is_due_again():
    """A declined pull request that is opened again is followed as before, whatever came after it."""
    days = Days(verdicts={1: "done"})
    days.run()
    first = days.close()
    days.verdicts[2] = "done"
    days.run()
    second = days.close()
    days.reopen(first)

    days.run()

    assert days.open is first
    assert (is_ticked(days, 1), is_ticked(days, 2)) == (True, False)
    assert set(record(first).declined.values()) == {second.number}


def test_undone_on_the_branch_it_is_not_made_again():
    """The person's commit stays, and what it undid is listed."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    days.edit("[x] [Fly]", "[ ] [Fly]", BRANCH)

    done = days.run()
    again = days.run()

    assert (is_ticked(days, 1), is_ticked(days, 2)) == (False, True)
    assert (done.steps, again.steps, done.declined) == (("Update",), (), (1,))
    assert days.open.title == "Roadmap: 1 tick"


def test_done_again_by_hand_it_is_a_persons():
    """Undone on the branch and then ticked by hand, it is not taken back when the board moves on, in any later run."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    days.edit("[x] [Fly]", "[ ] [Fly]", BRANCH)
    days.run()
    days.edit("[ ] [Fly]", "[x] [Fly]", BRANCH)
    days.run()

    days.verdicts = {2: "done"}
    days.run()
    days.verdicts[4] = "done"
    days.run()
    before = days.writes
    days.run()

    assert is_ticked(days, 1)
    assert is_ticked(days, 4)
    assert days.writes == before


def test_undone_and_merged_it_stays_undone():
    """Merging says yes to what is there, not to what was taken out."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    days.edit("[x] [Fly]", "[ ] [Fly]", BRANCH)
    days.run()
    days.merge()

    assert (days.run().why, is_ticked(days, 1, "main"), is_ticked(days, 2, "main")) == ("declined", False, True)


def test_undone_on_the_base_it_stays_undone():
    """What was merged and cleared again by hand is not proposed twice."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.merge()
    days.edit("[x] [Fly]", "[ ] [Fly]")

    done = days.run()

    assert (done.why, done.declined, days.open) == ("declined", (1,), None)


def test_a_line_taken_out_on_the_branch_is_a_no():
    """A person who deletes the line there is not told again that it is due."""
    days = Days(verdicts={1: "done", 2: "done"})
    days.run()
    days.edit("- [x] [Fly](https://github.com/acme/rocket/issues/1)\n", "", BRANCH)

    done = days.run()

    assert ([one.change.title for one in done.left_out], days.open.title) == (["Title 1"], "Roadmap: 1 tick")


# A person's commits ----------------------------------------------------------------------------------------


def test_a_persons_words_on_the_branch_survive():
    """Every later plan is made on the branch's own page."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.edit("More words.", "Better words.", BRANCH)
    days.verdicts[3] = "done"

    days.run()
    assert "Better words." in days.page(BRANCH)
    assert is_ticked(days, 3)

    days.verdicts[3] = "open"
    days.run()
    assert "Better words." in days.page(BRANCH)
    assert not is_ticked(days, 3)


def test_with_commits_of_others_it_is_never_closed_by_us():
    """Nothing is left to do, and a person's work is in it: it stays open and says so."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.edit("More words.", "Better words.", BRANCH)
    days.verdicts[1] = "open"

    days.run()

    assert (days.open.number, is_ticked(days, 1), days.open.title) == (1, False, "Roadmap: nothing to change")
    assert "Nothing is left to change here." in days.open.body


def test_an_amended_commit_is_a_persons():
    """Our trailer over other pages does not make them ours."""
    days = Days(verdicts={1: "done"})
    days.run()
    head = days.git.head(BRANCH)
    text = days.page(BRANCH).replace("More words.", "Better words.")
    days.git.branches[BRANCH] = days.git._add(head.parents, {PLACE: text.encode()}, head.message, "ann", head.date).oid
    days.verdicts[1] = "open"

    days.run()

    assert "Better words." in days.page(BRANCH)
    assert days.open is not None


def test_a_title_and_words_of_a_person_stay():
    """A title that a person wrote is not changed, and their words around our part of the body are kept."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.open.title = "My own title"
    days.open.body = f"Please read this first.\r\n\r\n{days.open.body}\n\nSee you."
    days.verdicts[2] = "done"

    days.run()

    assert days.open.title == "My own title"
    assert days.open.body.startswith("Please read this first.\n\n<!-- roadmap-sync:begin -->")
    assert days.open.body.endswith("\n\nSee you.")
    assert "2 ticks" in days.open.body


def test_a_body_without_our_mark_gets_it_back():
    """Where a person took our part out it is put at the end, once."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.open.body = "Mine."

    days.run()
    days.run()

    assert days.open.body.startswith("Mine.\n\n<!-- roadmap-sync:begin -->")
    assert days.open.body.count("roadmap-sync:record") == 1


# Conflicts -------------------------------------------------------------------------------------------------


def test_a_body_with_half_of_our_part_comes_to_rest():
    """A person who writes over our text and leaves a mark or the record behind keeps their words; once is enough."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.open.change(body="Hers.\n" + days.open.body.partition("<!-- roadmap-sync:begin -->")[2][-200:])
    assert "roadmap-sync:record" in days.open.body
    days.verdicts[2] = "done"

    days.run()
    before = days.writes
    days.run()

    assert days.open.body.startswith("Hers.\n")
    assert days.open.body.count("roadmap-sync:record") == 1
    assert len(record(days.open).made) == 2
    assert days.writes == before


def test_a_conflict_with_a_persons_commit():
    """The branch is left alone, one comment says what to do, and the run is refused until it is settled."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.edit("[Fly]", "[Fly high]", BRANCH)
    days.edit("[Fly]", "[Fly low]")
    days.verdicts[2] = "done"
    head = days.git.branches[BRANCH]

    done = days.run()
    before = days.writes
    again = days.run()

    assert (done.why, done.error.exit, again.why, days.writes - before) == ("conflict", 4, "conflict", 0)
    assert days.git.branches[BRANCH] == head
    (comment,) = days.open.comments
    assert "This is a merge conflict" in comment.body


def test_a_conflict_where_all_is_ours():
    """Room is made by taking the base's page, so nobody is bothered."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.edit("[ ] [Fly]", "[ ] [Fly low]")

    done = days.run()

    assert (done.why, done.steps) == ("current", ("Write", "Merge", "Write"))
    assert days.line(1, BRANCH) == "- [x] [Fly low](https://github.com/acme/rocket/issues/1)"
    assert days.open.comments == ()


def test_a_conflict_of_a_branch_that_was_left():
    """Without a pull request to say it in, the run says how to begin afresh."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.edit("[Fly]", "[Fly high]", BRANCH)
    days.close()
    days.edit("[Fly]", "[Fly low]")
    days.verdicts[2] = "done"

    done = days.run()

    assert (done.why, done.url) == ("conflict", "")
    assert "Delete the branch roadmap-sync" in str(done.error)


# Branches that were left -----------------------------------------------------------------------------------


@pytest.mark.parametrize("squash", [False, True], ids=["merge", "squash"])
def test_after_a_merge_the_branch_is_used_again(squash):
    """The next pull request holds only what is new, whether or not the branch was deleted."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.merge(squash=squash, keep_branch=True)
    assert (days.run().why, days.open) == ("in step", None)
    days.verdicts[2] = "done"

    days.run()

    assert days.open.title == "Roadmap: 1 tick"
    assert days.page(BRANCH) == days.page().replace("[ ] [Land]", "[x] [Land]")


@pytest.mark.slow
def test_a_branch_of_many_commits_stays_ours():
    """A pull request that nobody merges for long is still known as ours alone, and is closed once nothing is due."""
    days = Days(verdicts={4: "done"})
    days.run()
    for day in range(101):
        days.verdicts[1] = "open" if day % 2 else "done"
        days.run()

    days.verdicts = {}
    done = days.run()

    assert (done.why, done.steps) == ("in step", ("Comment", "Close"))
    assert [pull.state for pull in days.pulls] == ["CLOSED"]


def test_no_step_rewrites_the_branch():
    """Whatever happens, a branch that is there only grows, and no reference is moved by force or deleted."""
    days = Days(verdicts={1: "done"})
    heads = []
    for number, verdict in [
        (1, "done"),
        (2, "done"),
        (1, "open"),
        (3, "done"),
        (2, "dropped"),
        (3, "open"),
        (4, "done"),
    ]:
        days.verdicts[number] = verdict
        days.run()
        heads.append(days.git.branches[BRANCH])

    grown = [{commit.oid for commit in days.git.history(head)} for head in heads]
    assert all(before <= after for before, after in pairwise(grown))
    assert not any(request.variables.get("input", {}).get("force") for request in days.server.log)
    assert not any("deleteRef" in request.document for request in days.server.log)


# Guards and options ----------------------------------------------------------------------------------------


def test_too_many_ticks_open_a_draft():
    """A plan over the guard of ticks is proposed as a draft that says why."""
    days = Days(rules=rules(path=PLACE, guards={"tick": 1, "untick": 5, "strike": 5, "add": 10, "move": 2}))
    days.verdicts |= {1: "done", 2: "done"}

    days.run()

    assert days.open.is_draft
    assert "2 ticks, where at most 1 are expected at once" in days.open.body


def test_an_open_one_that_grows_over_a_guard_becomes_a_draft():
    """Once; a person who marks it ready is not argued with."""
    days = Days(rules=rules(path=PLACE, guards={"tick": 1, "untick": 5, "strike": 5, "add": 10, "move": 2}))
    days.verdicts[1] = "done"
    days.run()
    days.verdicts[2] = "done"
    assert days.run().steps == ("Write", "MakeDraft", "Update")
    days.open.is_draft = False
    days.verdicts[3] = "done"

    days.run()

    assert not days.open.is_draft


def test_too_many_of_another_kind_are_refused():
    """A page over another guard is left as the branch has it, and the run says so."""
    guards = {"tick": 50, "untick": 0, "strike": 5, "add": 10, "move": 2}
    days = Days(PAGE.replace("[ ] [Fly]", "[x] [Fly]"), rules(path=PLACE, untick=True, guards=guards))
    days.verdicts[2] = "done"

    done = days.run()

    assert (done.why, days.writes, done.plan.pages[0].refusal.guard) == ("in step", 0, "untick")


def test_strikes_are_proposed_and_taken_back():
    """A change of more than a box comes and goes as well."""
    days = Days(rules=rules(path=PLACE, dropped="strike"), verdicts={1: "dropped", 2: "done"})
    days.run()
    assert days.line(1, BRANCH) == "- [ ] ~~[Fly](https://github.com/acme/rocket/issues/1)~~"
    days.verdicts[1] = "open"

    days.run()

    assert days.line(1, BRANCH) == "- [ ] [Fly](https://github.com/acme/rocket/issues/1)"


def test_labels_reviewers_and_draft_are_set_when_it_is_opened():
    """And only then: what a person takes off stays off. What is not there is said."""
    days = Days(
        verdicts={1: "done"},
        options=PullRequestOptions(BRANCH, ("docs", "gone"), ("ann", "nobody", "acme/crew"), is_draft=True),
    )
    days.repository.labels = ("docs",)
    days.world.owner("ann", is_user=True)

    done = days.run()
    pull = days.open
    assert (pull.labels, pull.reviewers, pull.is_draft) == (("docs",), ("ann",), True)
    assert done.said == (
        'The repository has no label "gone".',
        'There is nobody called "nobody", "acme/crew" to ask for a review.',
    )

    pull.labels = ()
    days.verdicts[2] = "done"
    days.run()
    assert pull.labels == ()


def test_labels_that_may_not_be_set_spoil_nothing():
    """The pull request is there all the same."""
    days = Days(verdicts={1: "done"}, options=PullRequestOptions(BRANCH, ("docs",)))
    days.repository.labels = ("docs",)
    days.server.fails(faults.forbidden("Mutation.addLabelsToLabelable").always())

    done = days.run()

    assert done.why == "current"
    assert "Labels or reviewers were not set" in done.said[0]


# GitHub's refusals -----------------------------------------------------------------------------------------


def test_where_creating_is_forbidden():
    """The branch is pushed; the compare link and the setting to change are told; a pull request by hand is followed."""
    days = Days(verdicts={1: "done"})
    days.world.token(TOKEN, kind="actions", login="robot")
    days.repository.pull_requests_by_actions = False

    done = days.run()
    assert (done.why, done.error.exit, is_ticked(days, 1)) == ("pushed", 3, True)
    assert "https://github.com/acme/rocket/compare/main...roadmap-sync?expand=1" in str(done.error)
    assert "Allow GitHub Actions to create and approve pull requests" in str(done.error)

    pull = days.repository.pull(1, "By hand", head=BRANCH, author="ann", body="Hers.")
    days.verdicts[2] = "done"
    followed = days.run()
    assert (followed.why, followed.url, is_ticked(days, 2)) == ("current", pull.url, True)
    assert (pull.title, pull.body) == ("By hand", "Hers.")


def test_a_strangers_fork_is_not_ours():
    """A pull request from a branch of the same name elsewhere is left out of account."""
    days = Days(verdicts={1: "done"})
    fork = days.world.repository("mallory/rocket")
    days.repository.pull(
        1, "Mine", head=BRANCH, head_repository=fork, author="robot", body=Record(made=frozenset()).text
    )

    days.run()

    assert [pull.number for pull in days.pulls if pull.head_repository is days.repository] == [2]


def test_many_forks_do_not_hide_ours():
    """Whoever opens pull requests from forks, with a branch called like ours, changes nothing about our own."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.close()
    for number in range(50, 80):
        fork = days.world.repository(f"mallory{number}/rocket")
        days.repository.pull(number, "Mine", head=BRANCH, head_repository=fork, author="mallory")

    before = days.writes
    done = days.run()

    assert (done.why, days.writes - before) == ("declined", 0)


def test_pointed_at_another_base():
    """A pull request that a person pointed at another branch is followed there; there is never a second one."""
    days = Days(verdicts={1: "done"})
    days.git.branch("next", days.git.branches["main"])
    days.run()
    days.open.base = "next"
    days.git.commit("next", {PLACE: PAGE.replace("[Hover]", "[Float]")}, author="ann")
    days.verdicts[3] = "done"

    days.run()

    assert days.open.number == 1
    assert days.line(3, BRANCH) == "- [x] [Float](https://github.com/acme/rocket/issues/3)"


@pytest.mark.parametrize("name", ["createRef", "createCommitOnBranch", "createPullRequest", "updatePullRequest"])
def test_a_lost_answer_is_looked_up(name):
    """The mutation was done and its answer lost: it is not sent again."""
    days = Days(verdicts={1: "done"})
    if name == "updatePullRequest":
        days.run()
        days.verdicts[2] = "done"
    days.server.fails(faults.lost_answer().matching(mutation(name)))
    before = len(days.server.log)

    done = days.run()

    assert done.why == "current"
    assert sum(mutation(name)(request) for request in days.server.log[before:]) == 1
    assert len(days.pulls) == 1


def test_answers_that_are_always_lost_end_the_run():
    """After three the run gives up, with the network's reason."""
    days = Days(verdicts={1: "done"})
    days.server.fails(faults.reset().matching(lambda request: request.is_mutation).always())

    with pytest.raises(GitHubError, match="no answer"):
        days.run()

    assert days.writes == 4


def test_a_branch_that_moves_is_planned_anew():
    """STALE_DATA: the page is read and planned again, so the edit in between is kept."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[2] = "done"
    moved = faults.world_changes(lambda _: days.edit("More words.", "Better words.", BRANCH))
    days.server.fails(moved.matching(mutation("createCommitOnBranch")))

    done = days.run()

    assert done.why == "current"
    assert "Better words." in days.page(BRANCH)
    assert is_ticked(days, 2)


def test_a_branch_that_always_moves_is_given_up():
    """After three times somebody else is at it."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[2] = "done"
    words = iter(range(100))
    moved = faults.world_changes(lambda _: days.edit("# Roadmap", f"# Roadmap\n\n{next(words)}", BRANCH))
    days.server.fails(moved.matching(mutation("createCommitOnBranch")).always())

    with pytest.raises(RefusedError, match="moved each time"):
        days.run()

    assert not is_ticked(days, 2)


def test_two_runs_at_once():
    """One commit, one pull request, both runs content."""
    days = Days(verdicts={1: "done"})

    async def both():
        return await asyncio.gather(days.deliver(), days.deliver())

    with respx.mock(assert_all_called=False) as router:
        install(router, days.server)
        first, second = asyncio.run(both())

    assert {first.why, second.why} == {"current"}
    assert (len(days.pulls), len(days.git.ahead(days.git.branches["main"], days.git.branches[BRANCH]))) == (1, 1)


# Pages -----------------------------------------------------------------------------------------------------


def test_several_pages_one_pull_request():
    """One commit carries them all; a page that is broken on the base is said and keeps none of the others."""
    days = Days(verdicts={1: "done", 7: "done"}, places=(PLACE, "README.md", "gone.md"))
    days.git.commit("main", {"README.md": "- [ ] https://github.com/acme/rocket/issues/7\n"}, author="ann")

    done = days.run()

    assert days.git.read(BRANCH, "README.md") == b"- [x] https://github.com/acme/rocket/issues/7\n"
    assert is_ticked(days, 1)
    assert [str(page.error).splitlines()[0] for page in done.plan.pages if page.error] == [
        "gone.md: no such file on main"
    ]


def test_a_page_broken_on_the_branch_is_left():
    """A person took the page away there: it is theirs, and nothing is closed over it."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.git.commit(BRANCH, {}, "Remove", author="ann", delete=[PLACE])
    days.verdicts[1] = "open"

    done = days.run()

    assert days.open is not None
    assert "no such file on roadmap-sync" in str(done.plan.pages[0].error)
    assert PLACE not in days.git.head(BRANCH).files


def test_what_cannot_be_read_just_now_is_left():
    """A tick whose issue is unreadable today is neither taken back nor closed over."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[1] = "unknown"
    before = days.writes

    assert (days.run().why, days.writes, is_ticked(days, 1)) == ("unsure", before, True)

    days.verdicts[2] = "done"
    days.run()
    assert (is_ticked(days, 1), is_ticked(days, 2)) == (True, True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"- [ ] \xff\n", "is not what git holds"),
        (b"a\0b", "is no text file"),
    ],
    ids=["not UTF-8", "binary"],
)
def test_pages_that_are_no_text(data, message):
    """What GitHub cannot show byte for byte is not written."""
    days = Days()
    days.git.commit("main", {PLACE: data}, author="ann")

    assert message in str(days.run().plan.pages[0].error)


def test_bytes_survive():
    """A byte order mark, CRLF and no last newline come back as they were."""
    text = "\ufeff# Roadmap\r\n\r\n- [ ] https://github.com/acme/rocket/issues/1\r\n- [ ] end"
    days = Days(text, verdicts={1: "done"})

    days.run()

    assert days.git.read(BRANCH, PLACE) == text.replace("[ ] https", "[x] https").encode()


def test_the_branch_must_not_be_the_base():
    """Such a config would commit to the base without asking."""
    days = Days(verdicts={1: "done"})
    days.repository.default_branch = BRANCH

    with pytest.raises(InputError, match="is the base itself"):
        days.run()


def test_a_repository_that_is_not_there():
    """The message names the repository and the two causes."""
    days = Days()
    days.world.token(TOKEN, hidden=frozenset({"acme/rocket"}))

    with pytest.raises(GitHubError, match="no such repository for this token"):
        days.run()


def test_a_token_that_may_not_write():
    """GitHub's refusal comes with the permissions to give."""
    days = Days(verdicts={1: "done"})
    days.world.token(TOKEN, may_write=False)

    with pytest.raises(GitHubError, match="may not write here") as caught:
        days.run()

    assert "contents: write and pull-requests: write" in caught.value.hint


# Nobody is pinged ------------------------------------------------------------------------------------------


def test_texts_ping_nobody_and_link_nothing_back():
    """No mention, bare number, closing word before a number, or link to github.com in what we write."""
    text = PAGE.replace("[Fly]", "[@ann fixes #5, https://github.com/acme/rocket/issues/5]")
    days = Days(text, verdicts={1: "done", 2: "done"})
    days.run()
    days.close()
    days.verdicts[3] = "done"
    days.run()
    days.verdicts[3] = "open"
    days.run()

    texts = [text for pull in days.pulls for text in (pull.title, pull.body, *(c.body for c in pull.comments))]
    texts += [commit.message for commit in days.git.commits.values() if commit.author == "robot"]
    for one in texts:
        shown = re.sub(r"<!--.*?-->", "", one, flags=re.DOTALL)
        assert not re.search(r"(?<![\w&`/])[@#]\w|https?://(?!redirect\.)(?:www\.)?github\.com", shown), one


# Straight to the base --------------------------------------------------------------------------------------


def to_base(days: Days):
    """Run once with `--to branch`."""

    async def live():
        async with GitHub("https://api.github.com/graphql", TOKEN, deadline=60, timing=Timing(at_once)) as client:
            repository = RemoteRepository(client, "acme/rocket", BRANCH, days.targets())
            return await branch.keep(repository, days.read_board, sleep=at_once)

    with respx.mock(assert_all_called=False) as router:
        install(router, days.server)
        return asyncio.run(live())


def test_to_the_base():
    """One commit on the base, none where it is in step."""
    days = Days(verdicts={1: "done"}, places=(PLACE, "gone.md"))

    done, again = to_base(days), to_base(days)

    assert (done.why, again.why, days.writes) == ("committed", "in step", 1)
    assert is_ticked(days, 1, "main")
    assert days.git.head("main").message == "Roadmap: 1 tick"
    assert [*days.git.branches] == ["main"]
    assert "no such file on main" in str(done.plan.pages[1].error)


def test_to_the_base_wherever_a_pull_request_points():
    """An open pull request from our branch that a person pointed elsewhere does not say where to commit."""
    days = Days(verdicts={1: "done"})
    days.git.branch("next", days.git.branches["main"])
    days.run()
    days.open.base = "next"

    to_base(days)

    assert is_ticked(days, 1, "main")
    assert not is_ticked(days, 1, "next")


def test_to_a_base_that_moves():
    """It is planned anew on what came in between."""
    days = Days(verdicts={1: "done"})
    moved = faults.world_changes(lambda _: days.edit("More words.", "Better words."))
    days.server.fails(moved.matching(mutation("createCommitOnBranch")))

    to_base(days)

    assert "Better words." in days.page()
    assert is_ticked(days, 1, "main")


def test_to_a_base_that_always_moves():
    """After three times it is given up."""
    days = Days(verdicts={1: "done"})
    words = iter(range(100))
    moved = faults.world_changes(lambda _: days.edit("# Roadmap", f"# Roadmap\n\n{next(words)}"))
    days.server.fails(moved.matching(mutation("createCommitOnBranch")).always())

    with pytest.raises(RefusedError, match="moved each time"):
        to_base(days)


def test_to_the_base_with_a_lost_answer():
    """What was done is not done again."""
    days = Days(verdicts={1: "done"})
    days.server.fails(faults.lost_answer().matching(mutation("createCommitOnBranch")))

    done = to_base(days)

    assert (done.why, days.writes, done.plan.counts["tick"]) == ("committed", 1, 1)


def test_to_the_base_without_an_answer():
    """After three it gives up."""
    days = Days(verdicts={1: "done"})
    days.server.fails(faults.reset().matching(lambda request: request.is_mutation).always())

    with pytest.raises(GitHubError, match="no answer"):
        to_base(days)


def test_a_target_locates():
    """What a page of the config is comes with its place in the repository."""
    assert Target(PLACE, PLACE, page).locate(b"- [ ] x\n").path == "roadmap.md"


# What GitHub may answer ------------------------------------------------------------------------------------


def test_a_repository_that_knows_no_drafts():
    """It is opened as it is, and that is said."""
    days = Days(verdicts={1: "done"}, options=PullRequestOptions(BRANCH, is_draft=True))
    words = "Draft pull requests are not supported in this repository."
    days.server.fails(_refusal("createPullRequest", words))

    done = days.run()

    assert (done.why, days.open.is_draft) == ("current", False)
    assert done.said == ("This repository has no draft pull requests, so it is opened as a normal one.",)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("Repository rule violations found\n\nCannot update this protected ref.", "bypass the rule"),
        ("Something else is wrong", ""),
    ],
    ids=["a rule", "anything else"],
)
def test_what_github_refuses_to_write(words, hint):
    """Its words, and the way out where there is one."""
    days = Days(verdicts={1: "done"})
    days.server.fails(_refusal("createCommitOnBranch", words))

    with pytest.raises(GitHubError) as caught:
        days.run()

    assert " ".join(words.split()) in caught.value.what
    assert hint in caught.value.hint


def _refusal(name: str, words: str) -> faults.Fault:
    body = {"data": {name: None}, "errors": [{"type": "UNPROCESSABLE", "path": [name], "message": words}]}
    refused = faults.Fault("refused", instead=lambda server, request: server.respond(request, 200, body))
    return refused.matching(mutation(name))


@pytest.mark.parametrize(
    ("field", "message"),
    [("Repository.ref", "the repository could not be read"), ("Ref.compare", "the branch could not be read")],
)
def test_a_scene_that_cannot_be_read(field, message):
    """Nothing is written on half a scene."""
    days = Days(verdicts={1: "done"})
    days.run()
    days.verdicts[2] = "done"
    before = days.writes
    days.server.fails(faults.forbidden(field).always())

    with pytest.raises(GitHubError, match=message):
        days.run()

    assert days.writes == before


def test_a_scene_that_moves_while_it_is_read():
    """It is read again."""
    days = Days(verdicts={1: "done"})
    days.run()
    moved = faults.world_changes(lambda _: days.edit("More words.", "Better words.", BRANCH))
    days.server.fails(moved.matching(lambda request: "BranchCommits" in request.document))

    assert days.run().why == "current"


def test_a_page_that_comes_to_name_something_else_is_asked_about():
    """The board is read again where the pages refer to more than it was read for."""
    days = Days(verdicts={1: "done", 9: "done"})
    more = "- [ ] [New](https://github.com/acme/rocket/issues/9)\n- [ ] By hand"
    moved = faults.world_changes(lambda _: days.edit("- [ ] By hand", more))
    days.server.fails(moved.matching(mutation("createCommitOnBranch")))

    days.run()

    assert days.boards_read == 2


def test_a_repository_without_a_branch():
    """There is nothing to propose to."""
    days = Days()
    empty = faults.Fault("empty", touches=(Touch("Repository.defaultBranchRef", value=lambda _: None),))
    days.server.fails(empty.always())

    with pytest.raises(InputError, match="no branch to propose to"):
        days.run()


def test_a_scene_is_read_before_it_is_written():
    """Who writes first has made a mistake of ours."""

    async def early():
        async with GitHub("https://api.github.com/graphql", TOKEN, deadline=1) as client:
            return RemoteRepository(client, "acme/rocket", BRANCH, []).home

    with pytest.raises(LookupError):
        asyncio.run(early())


def test_what_does_not_come_to_rest_is_given_up(monkeypatch):
    """A bug of ours must not write for ever."""
    days = Days(verdicts={1: "done"})
    monkeypatch.setattr("roadmap_sync.publishers.rounds.MOST_ROUNDS", 2)

    with pytest.raises(RefusedError, match="gave up after 2 steps"):
        days.run()


ADDING = area_query("is:issue", None, ("Backlog",))


def adding(versions: int) -> Days:
    """A page whose area takes what is on the board, after so many versions; issue 9 is not on it."""
    days = Days(rules=rules(path=PLACE, add=("Backlog",), areas=(area_of("Hull", filter="is:issue"),)))
    found = replace(issue(9, "OPEN", "Backlog"), facts=Facts())

    async def read(_pages):
        return board(*(issue(number, "OPEN", "Backlog") for number in range(1, 10)), candidates={ADDING: (found,)})

    days.read_board = read
    for number in range(versions):
        days.edit("Words of a person.", f"Words of a person. {number}")
    return days


def test_every_version_of_a_page_is_read():
    """Also where they come in several answers."""
    days = adding(60)
    days.run()

    assert days.open.title == "Roadmap: 1 addition"
    assert sum("PageHistory" in request.document for request in days.server.log) >= 2


@pytest.mark.parametrize("trouble", ["too many", "refused"])
def test_a_past_that_is_not_known(monkeypatch, trouble):
    """Then a line may have been deleted by a person, and nothing is added."""
    days = adding(60)
    if trouble == "too many":
        monkeypatch.setattr("roadmap_sync.github.repository._MOST_HISTORY_PAGES", 1)
    else:
        days.server.fails(faults.forbidden("Commit.history").always())

    done = days.run()

    assert (done.why, days.open) == ("in step", None)
    assert "withheld" in {note.kind for note in done.plan.pages[0].notes}
