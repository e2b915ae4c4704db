"""`sync --to pull-request` and `--to branch` on the command line: tokens, streams, exit codes, and what they refuse."""

import hashlib

import pytest

from roadmap_sync.github.repository_answers import bytes_of
from roadmap_sync.publishers import pull_request
from tests.standin.world import PullRequest
from tests.support.days import at_once
from tests.support.runs import CONFIG, PAGE, TICKED, Place, place

__all__ = ["place"]

READER, WRITER = "test-reader", "test-writer"


@pytest.fixture
def there(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The page is on GitHub; one token reads the board, the job's own writes the repository."""
    world = place.server.world
    world.token(READER, login="reader", may_write=False)
    world.token(WRITER, login="robot", kind="actions", boards="hidden")
    monkeypatch.setitem(pull_request.keep.__kwdefaults__, "sleep", at_once)
    monkeypatch.delenv("GH_TOKEN")
    monkeypatch.setenv("ROADMAP_SYNC_TOKEN", READER)
    monkeypatch.setenv("GITHUB_TOKEN", WRITER)
    world.repository("acme/rocket").git.commit("main", {"docs/roadmap.md": PAGE}, author="ann")
    return place


def pulls(place: Place) -> list[PullRequest]:
    """The pull requests from our branch."""
    numbers = place.server.world.repository("acme/rocket").numbers
    return [found for found in numbers.values() if isinstance(found, PullRequest) and found.head == "roadmap-sync"]


def test_to_pull_request(there: Place) -> None:
    """The report on stdout, the pull request's address on stderr, the files here untouched."""
    ran = there.run("sync", "--to", "pull-request")

    (pull,) = pulls(there)
    assert (ran.code, ran.err) == (0, f"{pull.url}: opened\n")
    assert ran.out.startswith(b"docs/roadmap.md: 2 ticks; ")
    assert there.server.world.repository("acme/rocket").git.read("roadmap-sync", "docs/roadmap.md") == TICKED
    assert there.page.read_bytes() == PAGE

    assert there.run("sync", "--to", "pull-request").err == f"{pull.url}: up to date\n"


def test_each_token_goes_where_it_is_needed(there: Place) -> None:
    """The board is asked with the one that reads, the repository with the one that writes, and neither is shown."""
    ran = there.run("sync", "--to", "pull-request", "-v")

    log = there.server.log
    assert {one.headers["authorization"] for one in log if "projectV2" in one.document} == {f"Bearer {READER}"}
    of_repository = [one for one in log if one.is_mutation or "query Scene" in one.document]
    assert {one.headers["authorization"] for one in of_repository} == {f"Bearer {WRITER}"}
    assert READER not in ran.err
    assert WRITER.encode() not in ran.out


def test_declined(there: Place) -> None:
    """A closed pull request is named, and the exit is 0."""
    there.run("sync", "--to", "pull-request")
    pulls(there)[0].close(by="ann")
    number = pulls(there)[0].number

    ran = there.run("sync", "--to", "pull-request")

    assert (ran.code, ran.err) == (0, f"declined: #{number}\n")
    assert ran.out.startswith(b"docs/roadmap.md: in step; ")


def test_drift_gone(there: Place) -> None:
    """What was closed by us is said."""
    there.run("sync", "--to", "pull-request")
    there.server.world.repository("acme/rocket").git.commit("main", {"docs/roadmap.md": TICKED}, author="ann")

    ran = there.run("sync", "--to", "pull-request")

    assert (ran.code, ran.err) == (0, "the pull request was closed, because nothing is left to change\n")


def test_to_branch(there: Place) -> None:
    """One commit on the default branch; no pull request."""
    ran = there.run("sync", "--to", "branch")

    assert (ran.code, ran.err) == (0, "committed to the base branch\n")
    assert there.server.world.repository("acme/rocket").git.read("main", "docs/roadmap.md") == TICKED
    assert pulls(there) == []
    assert there.run("sync", "--to", "branch").err == ""


def test_creating_forbidden(there: Place) -> None:
    """The branch is there, the way to a pull request is told, and the exit is GitHub's."""
    there.server.world.repository("acme/rocket").pull_requests_by_actions = False

    ran = there.run("sync", "--to", "pull-request")

    assert ran.code == 3
    assert "https://github.com/acme/rocket/compare/main...roadmap-sync?expand=1" in ran.err


def test_the_address_is_an_output(there: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job's next steps may use it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(there.directory / "output"))

    there.run("sync", "--to", "pull-request", "-q")

    assert f"\n{pulls(there)[0].url}\n" in (there.directory / "output").read_text()


def test_without_a_token_of_its_own_the_reading_one_writes(there: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """One token for both, where there is one."""
    monkeypatch.delenv("GITHUB_TOKEN")
    there.server.world.token(READER, login="robot")

    assert there.run("sync", "--to", "pull-request").code == 0


MORE = '\n[[pages]]\npath = "README.md"\n'


@pytest.mark.parametrize(
    ("config", "arguments", "message"),
    [
        (CONFIG + MORE + 'repository = "acme/pad"\n', (), "the pages are in 2 repositories: acme/pad, acme/rocket"),
        (CONFIG.replace('repository = "acme/rocket"\n', ""), (), "the pages' repository is not known"),
        (CONFIG + MORE + 'repository = "acme/rocket"\n', ("README.md",), "a pull request holds all pages"),
        (CONFIG + '\n[pull_request]\nbranch = "main"\n', (), "the pull request's branch is the base itself: main"),
        (CONFIG, ("--plan", "plan.json"), "--plan is for files"),
    ],
    ids=["two repositories", "no repository", "some pages", "the base", "a saved plan"],
)
def test_what_is_refused(there: Place, config: str, arguments: tuple[str, ...], message: str) -> None:
    """Exit 2, with the reason, and nothing written."""
    there.write("roadmap-sync.toml", config)

    ran = there.run("sync", "--to", "pull-request", *arguments)

    assert ran.code == 2
    assert message in ran.err
    assert not any(request.is_mutation for request in there.server.log)


def test_a_heading_that_the_page_on_github_lacks(there: Place) -> None:
    """The config is held against the page as GitHub has it."""
    there.write("roadmap-sync.toml", CONFIG + 'sections = ["Gone"]\n')

    ran = there.run("sync", "--to", "pull-request")

    assert ran.code == 2
    assert 'no heading "Gone" in docs/roadmap.md' in ran.err


ADDING = CONFIG.replace('done = ["Shipped"]', 'done = ["Shipped"]\nadd = ["Backlog"]') + (
    '\n[[pages.areas]]\nheading = "Hull"\nfilter = "Paint"\n'
)


def test_additions_look_into_the_history_on_github(there: Place) -> None:
    """A line that an earlier version of the page had is not added again."""
    there.write("roadmap-sync.toml", ADDING)
    git = there.server.world.repository("acme/rocket").git

    added = there.run("sync", "--to", "pull-request")
    assert b"Paint the hull](https://github.com/acme/rocket/issues/16)" in git.read("roadmap-sync", "docs/roadmap.md")
    assert b"1 addition" in added.out

    git.commit("main", {"docs/roadmap.md": PAGE + b"\nhttps://github.com/acme/rocket/issues/16\n"}, author="ann")
    git.commit("main", {"docs/roadmap.md": PAGE}, author="ann")
    there.run("sync", "--to", "pull-request")
    assert b"issues/16" not in git.read("roadmap-sync", "docs/roadmap.md")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_are_known_by_their_name_in_git(mark: str, algorithm: str) -> None:
    """Also where an API drops the byte order mark, and in a repository of longer names; else they are not known."""
    data = f"{mark}é\r\n".encode()
    oid = hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    assert bytes_of("é\r\n", oid) == data
    assert bytes_of("e\r\n", oid) is None
