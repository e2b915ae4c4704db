"""The dry run in a pull request: one comment on what it causes, and what is said where none may be made."""

import json
import subprocess

import pytest

from roadmap_sync.errors import Exit
from tests.standin import Server, faults
from tests.support.pulls import BASE, PATH, Pulled, pulled
from tests.support.runs import PAGE, Place, place

__all__ = ["place", "pulled"]

SEEN = PAGE.replace(b"[ ] [Fly]", b"[x] [Fly]")


def test_it_comments_on_what_the_pull_request_causes(pulled: Pulled) -> None:
    """The tick that its own line calls for stands in the table; the one that was due before is folded away."""
    ran = pulled.run()

    (comment,) = pulled.comments
    table, _, folded = comment.body.partition("<details>")
    assert ran.code == Exit.OK
    assert comment.author == "github-actions[bot]"
    assert comment.body.startswith("docs/roadmap.md: 1 tick; 1 change was due before;")
    assert "| Engines | 7 | `[ ]` → `[x]` Fly |" in table
    assert "Orbit" not in table
    assert "<summary>1 change was due before this pull request</summary>" in folded
    assert "Orbit" in folded
    assert "-- [ ] [Fly]" in folded
    assert ran.out.decode() in comment.body
    assert "Commented on https://github.com/acme/rocket/pull/40" in ran.err


def test_equal_words_are_not_written_twice(pulled: Pulled) -> None:
    """A second run with the same outcome sends no mutation at all."""
    pulled.run()
    before = pulled.writes

    ran = pulled.run()

    assert pulled.writes == before
    assert "is already up to date" in ran.err


def test_once_in_step_it_says_so_in_a_line(pulled: Pulled) -> None:
    """The comment stays, as one line."""
    pulled.run()
    pulled.push(SEEN)

    ran = pulled.run()

    (comment,) = pulled.comments
    said, _, mark = comment.body.partition("\n")
    assert said == (
        "**Nothing is caused here:** this pull request leaves the checklists in step with the board; "
        "1 change was due before it."
    )
    assert mark.strip().startswith("<!-- roadmap-sync:preview ")
    assert "comment was updated" in ran.err


def test_where_there_was_never_anything_to_say_there_is_no_comment(pulled: Pulled) -> None:
    """A pull request that causes nothing hears nothing, although the page is behind."""
    pulled.push(SEEN)

    ran = pulled.run("--exit-code")

    assert (ran.code, pulled.comments, pulled.writes) == (Exit.OK, (), 0)
    assert "there is nothing to say" in ran.err


def test_only_our_own_comment_is_edited(pulled: Pulled) -> None:
    """A person who quotes our comment, mark and all, keeps theirs; ours is found behind two hundred others."""
    world = pulled.place.server.world
    pulled.run()
    ours = pulled.comments[0]
    copy = world.comment(pulled.pull, ours.body, "ann")
    for number in range(220):
        world.comment(pulled.pull, f"Remark {number}", "bob")
    pulled.pull.comments = (copy, *pulled.comments[2:], ours)
    pulled.push(SEEN)

    pulled.run()

    assert "**Nothing is caused here:**" in ours.body
    assert copy.body.startswith("docs/roadmap.md: 1 tick;")
    assert len(pulled.comments) == 222


def test_a_comment_of_another_config_is_another_comment(pulled: Pulled) -> None:
    """Two configs in one repository have a comment each."""
    pulled.place.write("other.toml", (pulled.place.directory / "roadmap-sync.toml").read_bytes())
    pulled.run()

    pulled.run("--config", "other.toml")

    assert len(pulled.comments) == 2


def test_the_exit_code_counts_what_is_caused(pulled: Pulled) -> None:
    """With --exit-code only a pull request that causes something fails."""
    assert pulled.run("--exit-code").code == Exit.DIFFERS
    pulled.push(SEEN)
    assert pulled.run("--exit-code").code == Exit.OK


def test_suggestions_stand_on_the_lines_themselves(pulled: Pulled) -> None:
    """What the pull request touches can be taken over with a click; it is suggested once."""
    pulled.run()
    pulled.run()

    (thread,) = pulled.threads
    assert (thread.path, thread.line) == (PATH, 7)
    assert "```suggestion\n- [x] [Fly](https://github.com/acme/rocket/issues/12)\n```\n" in thread.body


def test_no_suggestion_where_the_lines_are_not_the_heads(pulled: Pulled) -> None:
    """A page that the base has changed as well has other lines in the merge than in the diff."""
    pulled.place.write(PATH, b"One line more.\n\n" + PAGE)

    pulled.run()

    assert len(pulled.comments) == 1
    assert pulled.threads == ()


def test_no_suggestion_with_other_line_ends(pulled: Pulled) -> None:
    """GitHub would write the line with a newline."""
    pulled.push(PAGE.replace(b"\n", b"\r\n"))

    pulled.run()

    assert pulled.threads == ()


def test_a_page_that_it_breaks_is_said(pulled: Pulled) -> None:
    """An error of the page is worth a comment, and the run's exit code."""
    pulled.push(b"# Roadmap\n\n- [ ] x <!-- roadmap-sync: nonsense -->\n")

    ran = pulled.run()

    assert ran.code == Exit.INPUT
    assert pulled.comments[0].body.startswith("docs/roadmap.md: line 3: ")


def test_a_page_that_is_new_has_no_base(pulled: Pulled) -> None:
    """All that is due on it is caused."""
    pulled.git.commit("main", {"README.md": "x"}, "Remove the page", delete=[PATH])
    pulled.event()

    pulled.run()

    assert pulled.comments[0].body.startswith("docs/roadmap.md: 2 ticks;")


# Where no comment may be made -------------------------------------------------------------------------------


def fork(pulled: Pulled) -> None:
    """Let the pull request come from a fork, whose jobs have a reading token and no other."""
    world = pulled.place.server.world
    heads = world.repository("bob/rocket")
    heads.git.commits.update(pulled.git.commits)
    heads.git.branches.update(pulled.git.branches)
    pulled.pull.head_repository = heads
    world.tokens["job-token"].may_write = False
    pulled.monkeypatch.setenv("ROADMAP_SYNC_TOKEN", "")
    pulled.monkeypatch.delenv("GH_TOKEN")
    pulled.event()


def snapshot(pulled: Pulled) -> str:
    """Save the board as a scheduled run does."""
    assert pulled.place.run("snapshot", "board.json").code == Exit.OK
    return "board.json"


@pytest.mark.parametrize(("option", "code"), [((), Exit.OK), (("--exit-code",), Exit.DIFFERS)], ids=["told", "failing"])
def test_a_fork_has_the_same_words_elsewhere(pulled: Pulled, tmp_path, option, code) -> None:
    """From a snapshot: the comment's text in the summary and the log, why it is no comment, and the exit code."""
    board = snapshot(pulled)
    pulled.run()
    text = pulled.comments[0].body.partition("\n<!-- roadmap-sync:preview")[0]
    fork(pulled)
    file = tmp_path / "summary"
    pulled.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pulled.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    before = pulled.writes

    ran = pulled.run("--board", board, *option)

    assert (ran.code, pulled.writes) == (code, before)
    assert ran.out.decode() == text
    assert file.read_text().startswith(text)
    why = "No comment: the pull request comes from a fork, whose jobs may only read."
    assert why in ran.err
    assert why in file.read_text()
    assert "::warning file=docs/roadmap.md,line=7,col=4,title=roadmap-sync::tick #12" in ran.err


def test_without_a_board_there_is_no_verdict(pulled: Pulled, tmp_path) -> None:
    """A fork's job without a snapshot cannot read the board: exit 3, why, and not a word of being in step."""
    fork(pulled)
    file = tmp_path / "summary"
    pulled.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    pulled.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))

    ran = pulled.run()

    assert ran.code == Exit.GITHUB
    assert "GITHUB_TOKEN never can" in ran.err
    assert "::error title=roadmap-sync::" in ran.err
    assert "the page was not checked" in file.read_text()
    assert "in step" not in ran.err + file.read_text()
    assert ran.out == b""


def test_a_token_that_may_not_write_is_told(pulled: Pulled) -> None:
    """As with a pull request of Dependabot's: the words go to the log, with the permission that is missing."""
    pulled.place.server.world.tokens["job-token"].may_write = False

    ran = pulled.run()

    assert ran.code == Exit.OK
    assert ran.out.startswith(b"docs/roadmap.md: 1 tick;")
    assert "No comment: this token may not write to pull requests (Resource not accessible by integration)" in ran.err
    assert "pull-requests: write" in ran.err


def test_without_a_token_git_is_asked(pulled: Pulled) -> None:
    """With a snapshot and no token at all the base comes from git; where it is not there, that is said."""
    board = snapshot(pulled)
    for name in ("ROADMAP_SYNC_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"):
        pulled.monkeypatch.delenv(name)

    ran = pulled.run("--board", board)

    assert ran.code == Exit.OK
    assert "no revision" in ran.err


def test_trouble_with_the_comment_is_an_error(pulled: Pulled) -> None:
    """Where GitHub fails in the middle of it the run ends with 3, and the text is in the log."""
    fault = faults.failing("Mutation.addComment", "UNPROCESSABLE", "Something about it").always()
    pulled.place.server = Server(pulled.place.server.world, [fault])

    ran = pulled.run()

    assert ran.code == Exit.GITHUB
    assert "GitHub refused to write: Something about it" in ran.err
    assert ran.out.startswith(b"docs/roadmap.md: 1 tick;")


def test_a_lost_answer_makes_no_second_comment(pulled: Pulled) -> None:
    """The comment was made and nobody heard of it: the run ends with 3, the next one finds it."""
    lost = faults.lost_answer().matching(lambda request: request.is_mutation)
    pulled.place.server = Server(pulled.place.server.world, [lost])

    assert pulled.run().code == Exit.GITHUB
    assert "is already up to date" in pulled.run().err
    assert len(pulled.comments) == 1


UNREAD = {
    "a list without an end": faults.stuck_cursor("PullRequest.comments", "repeated"),
    "a list without a cursor": faults.stuck_cursor("PullRequest.comments"),
    "no pull request": faults.quietly_null("Repository.pullRequest"),
    "refused": faults.forbidden("PullRequest.comments"),
    "no commit": faults.quietly_null("Repository.object"),
}


@pytest.mark.parametrize("fault", UNREAD.values(), ids=UNREAD)
def test_a_pull_request_that_cannot_be_read(pulled: Pulled, fault) -> None:
    """Exit 3 and no comment: a second one would be one too many."""
    pulled.place.server = Server(pulled.place.server.world, [fault.always()])

    ran = pulled.run()

    assert (ran.code, pulled.comments) == (Exit.GITHUB, ())


def test_a_base_that_github_does_not_show_whole(pulled: Pulled) -> None:
    """What is not known to be the base's bytes is nothing to compare with."""
    pulled.git.commit("main", {PATH: b"\0 binary"}, "Spoil the page")
    pulled.event()

    ran = pulled.run()

    assert (ran.code, pulled.comments) == (Exit.REFUSED, ())
    assert "docs/roadmap.md: GitHub does not show all of its bytes" in ran.err


def test_a_base_that_is_no_page(pulled: Pulled) -> None:
    """Its own error is said, with the place of it."""
    pulled.git.commit("main", {PATH: b"- [ ] x <!-- roadmap-sync: nonsense -->\n"}, "Spoil the page")
    pulled.event()

    ran = pulled.run()

    assert ran.code == Exit.INPUT
    assert "docs/roadmap.md:1 in the base: " in ran.err


def test_the_base_from_git(pulled: Pulled) -> None:
    """Without a token, in a checkout that has the base's commit, git has the page."""
    board = snapshot(pulled)
    for name in ("ROADMAP_SYNC_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"):
        pulled.monkeypatch.delenv(name)
    here = pulled.place.directory
    pulled.place.write(PATH, BASE)
    for words in (["init", "-q"], ["add", "."], [*WHO, "commit", "-q", "-m", "Write"]):
        subprocess.run(["git", "-C", here, *words], check=True)
    head = subprocess.run(["git", "-C", here, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    pulled.place.write(PATH, PAGE)
    told = json.loads((here / "event.json").read_text())
    told["pull_request"]["base"]["sha"] = head.strip()
    pulled.place.write("event.json", json.dumps(told))

    ran = pulled.run("--board", board)

    assert ran.code == Exit.OK
    assert ran.out.startswith(b"docs/roadmap.md: 1 tick; 1 change was due before;")
    assert "No comment: there is no GITHUB_TOKEN to make one with." in ran.err


WHO = ["-c", "user.name=ann", "-c", "user.email=ann@acme.example", "-c", "commit.gpgsign=false"]


def test_a_run_that_is_late_takes_no_newer_words_back(pulled: Pulled) -> None:
    """Run again for an older head, it leaves the comment as the run for the newer one made it."""
    late = (pulled.place.directory / "event.json").read_text()
    pulled.run()
    pulled.push(SEEN)
    pulled.run()
    (before,) = pulled.comments
    pulled.place.write(PATH, PAGE)
    pulled.place.write("event.json", late)

    ran = pulled.run("--exit-code")

    assert ran.code == Exit.DIFFERS
    assert [comment.body for comment in pulled.comments] == [before.body]
    assert "No comment: the pull request has new commits since this run began" in ran.err
    assert len(pulled.threads) == 1


def test_a_struck_item_of_two_lines_is_suggested_whole(pulled: Pulled) -> None:
    """The suggestion takes the place of both lines."""
    config = (pulled.place.directory / "roadmap-sync.toml").read_text()
    pulled.place.write("roadmap-sync.toml", config + '\n[policy]\ndropped = "strike"\n')
    old = b"- [ ] [Hover](https://github.com/acme/rocket/issues/14)\n"
    pulled.git.commit("main", {PATH: BASE.replace(old, b"")}, "Begin without it")
    pulled.push(PAGE.replace(old, old[:-1] + b" over\n  the sea\n"))

    pulled.run()

    (thread,) = (one for one in pulled.threads if "strike:" in one.body)
    assert (thread.start, thread.line) == (9, 10)
    assert "over\n  the sea~~\n```" in thread.body


# In the second stage ----------------------------------------------------------------------------------------


def second_stage(pulled: Pulled) -> None:
    """Stand in a checkout of the default branch, with the tokens of a trusted job."""
    fork(pulled)
    pulled.place.server.world.tokens["job-token"].may_write = True
    pulled.monkeypatch.setenv("ROADMAP_SYNC_TOKEN", "test-token")
    pulled.place.write(PATH, BASE)
    pulled.run_event()


def test_the_second_stage_comments_on_a_forks(pulled: Pulled) -> None:
    """The page is read from GitHub as it would be merged; the checkout keeps the base's, so no line of it is warned."""
    second_stage(pulled)
    pulled.monkeypatch.setenv("GITHUB_ACTIONS", "true")

    ran = pulled.run()

    assert ran.code == Exit.OK
    assert pulled.comments[0].body.startswith("docs/roadmap.md: 1 tick; 1 change was due before;")
    assert pulled.place.page.read_bytes() == BASE
    assert "::warning" not in ran.err


def test_the_base_may_have_moved_on(pulled: Pulled) -> None:
    """What the base has settled meanwhile is not the pull request's: it is judged merged."""
    second_stage(pulled)
    pulled.git.commit("main", {PATH: BASE.replace(b"[ ] Orbit", b"[x] Orbit")}, "Tick")

    pulled.run()

    assert pulled.comments[0].body.startswith("docs/roadmap.md: 1 tick; ")
    assert "due before" not in pulled.comments[0].body


def test_with_a_conflict_the_head_itself_is_read(pulled: Pulled) -> None:
    """There is no merge then."""
    second_stage(pulled)
    pulled.git.commit("main", {PATH: BASE.replace(b"- [x] [Land]", b"- [x] [Hop]\n- [x] [Land]")}, "Edit")
    pulled.pull.head_repository.git.commit("fly", {PATH: PAGE.replace(b"- [x] [Land]", b"- [x] Lend")}, "Edit")
    pulled.run_event()

    pulled.run()

    assert len(pulled.comments) == 1


def test_the_second_stage_needs_a_token(pulled: Pulled) -> None:
    """It reads everything through the API."""
    second_stage(pulled)
    for name in ("ROADMAP_SYNC_TOKEN", "GITHUB_TOKEN"):
        pulled.monkeypatch.delenv(name)

    ran = pulled.run("--board", "https://github.com/orgs/acme/projects/3")

    assert ran.code == Exit.INPUT
    assert "no token to read the pull request with" in ran.err


def test_the_second_stage_may_find_nothing_readable(pulled: Pulled) -> None:
    """Where the pull requests cannot be listed, the run ends with 3."""
    second_stage(pulled)
    pulled.place.server = Server(pulled.place.server.world, [faults.forbidden("Repository.pullRequests").always()])

    assert pulled.run().code == Exit.GITHUB


MOVED = {
    "moved on": {"head_sha": "0" * 40},
    "another branch": {"head_branch": "main"},
    "another repository": {"head_repository": {"full_name": "eve/rocket"}},
    "a deleted repository": {"head_repository": None},
}


@pytest.mark.parametrize("more", MOVED.values(), ids=MOVED)
def test_a_run_for_what_is_no_more_says_nothing(pulled: Pulled, more) -> None:
    """Nothing is commented on the strength of an event that the pull request does not bear out."""
    second_stage(pulled)
    pulled.run_event(**more)

    ran = pulled.run()

    assert (ran.code, pulled.comments) == (Exit.OK, ())
    assert "is closed or has newer commits" in ran.err


def test_a_page_that_the_pull_request_removes(pulled: Pulled) -> None:
    """The config still names it, so that is an error to be told."""
    second_stage(pulled)
    pulled.pull.head_repository.git.commit("fly", {}, "Remove", delete=[PATH])
    pulled.run_event()

    ran = pulled.run()

    assert ran.code == Exit.INPUT
    assert "no such file in the pull request" in pulled.comments[0].body


# What it runs for -------------------------------------------------------------------------------------------

EVENTS = {
    "another event": json.dumps({"repository": {"full_name": "acme/rocket"}, "schedule": "7 * * * *"}),
    "a run for a push": json.dumps({"repository": {"full_name": "acme/rocket"}, "workflow_run": {"event": "push"}}),
    "odd": json.dumps({"repository": {"full_name": 1}, "pull_request": {}}),
    "no object": "[]",
    "no JSON": "{",
}


@pytest.mark.parametrize("text", EVENTS.values(), ids=EVENTS)
def test_without_a_pull_request_there_is_nothing_to_comment_on(place: Place, monkeypatch, text) -> None:
    """Exit 2, with what the workflow should start on."""
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(place.write("event.json", text)))

    assert place.run("diff", "--to", "comment").code == Exit.INPUT


@pytest.mark.parametrize("path", ["", "nowhere.json"])
def test_without_an_event(place: Place, monkeypatch, path) -> None:
    """By hand there is none."""
    monkeypatch.setenv("GITHUB_EVENT_PATH", path)

    ran = place.run("diff", "--to", "comment")

    assert ran.code == Exit.INPUT
    assert "GITHUB_EVENT_PATH" in ran.err


@pytest.mark.parametrize(("is_merge", "said"), [(True, b"1 tick; 2 changes were"), (False, b"2 ticks; 1 change was")])
def test_what_the_base_got_since_the_event_is_not_the_pull_requests(pulled: Pulled, is_merge, said) -> None:
    """The checkout is merged onto a newer base than the event names: that one it is held against."""
    newer = BASE.replace(b"- [ ] [Hover]", b"- [ ] [Dock](https://github.com/acme/rocket/issues/12)\n- [ ] [Hover]")
    pulled.git.branch("merge", pulled.git.commit("main", {PATH: newer}, "Add a line").oid)
    head = pulled.git.branches["fly"]
    merge = pulled.git.merge("merge", head, author="web-flow").oid
    pulled.place.write(PATH, pulled.git.read("merge", PATH))
    pulled.monkeypatch.setenv("GITHUB_SHA", merge if is_merge else head)

    ran = pulled.run()

    assert ran.out.startswith(b"docs/roadmap.md: " + said), ran.out


def test_other_forms_are_shown_beside_the_comment(pulled: Pulled) -> None:
    """--format and --out do with --to comment what they do without."""
    ran = pulled.run("--format", "json", "--out", "plan.json")

    assert json.loads(ran.out)["pages"][0]["changes"][0]["caused"] is True
    assert json.loads((pulled.place.directory / "plan.json").read_text())["exit"] == 0
    assert len(pulled.comments) == 1
