"""Every kind of token with every command: it works, or the right sentence says why not (B2).

`python -m pytest -s` on this file prints the table.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.pulls import Pulled, pulled
from tests.support.runs import CONFIG, PAGE, Place, place

__all__ = ["place", "pulled"]

BOARD = "https://github.com/orgs/acme/projects/3"
READ = {"organization_projects": "read", "issues": "read", "pull_requests": "read"}
JOB = {"contents": "write", "pull_requests": "write", "issues": "read"}

#: Each kind of token by what it may do, as docs/setup.md tells to make it and as people have it otherwise.
TOKENS: Mapping[str, Mapping[str, Any]] = {
    "classic": {"scopes": ("read:project", "repo")},
    "classic, public": {"scopes": ("read:project",)},
    "classic, no board": {"scopes": ("repo",)},
    "gh auth login": {"kind": "oauth", "scopes": ("gist", "read:org", "read:project", "repo")},
    "fine-grained": {"kind": "fine", "permissions": READ},
    "fine-grained, no board": {"kind": "fine", "permissions": {"issues": "read", "pull_requests": "read"}},
    "app": {"kind": "app", "login": "keeper[bot]", "permissions": READ},
    "app, no board": {"kind": "app", "login": "keeper[bot]", "permissions": {"issues": "read"}},
    "job": {
        "kind": "actions",
        "login": "github-actions[bot]",
        "permissions": JOB,
        "repositories": frozenset({"acme/rocket"}),
    },
}
#: What each looks like, for those commands that tell the kind by it.
VALUES = {
    "fine": "github_pat_of_a_test_that_is_long",
    "app": "ghs_of_a_test_that_is_long",
    "oauth": "gho_of_a_test_too",
}

LABELS, REVIEWERS, VIEW = 'filter = "label:hull"\n', 'filter = "is:pr reviewers:ada"\n', "view = 1\n"
VIEW_OF_REVIEWERS = "view = 2\n"
#: A command, what the config's area says, and the exit code where all is well.
COMMANDS: Mapping[str, tuple[tuple[str, ...], str, int]] = {
    "sync": (("sync",), LABELS, 0),
    "diff": (("diff",), LABELS, 0),
    "check": (("check",), LABELS, 1),
    "explain": (("explain", "docs/roadmap.md:7"), LABELS, 0),
    "explain candidates": (("explain", "docs/roadmap.md:15"), LABELS, 0),
    "link": (("link",), LABELS, 0),
    "init": (("init", "docs/roadmap.md", "--board", BOARD), "", 0),
    "snapshot": (("snapshot", "board.json"), LABELS, 0),
    "doctor": (("doctor",), LABELS, 0),
    "diff, view": (("diff",), VIEW, 0),
    "diff, reviewers": (("diff",), REVIEWERS, 0),
    "diff, view of reviewers": (("diff",), VIEW_OF_REVIEWERS, 0),
    "snapshot, reviewers": (("snapshot", "board.json"), REVIEWERS, 0),
    "doctor, reviewers": (("doctor",), REVIEWERS, 0),
}

NO_SCOPE, NO_TEAMS, HIDDEN = "lacks a scope: read:project", "lacks a scope: read:org", "shows this token no project 3"
#: What stands in the way of a token in every command.
NEVER = {
    "classic, no board": (NO_SCOPE, "none of them lets it read a board"),
    "fine-grained, no board": (HIDDEN, "this fine-grained token sees no project 3 of acme"),
    "app, no board": (HIDDEN, "this app's token sees no project 3 of acme"),
    "job": (HIDDEN, "GITHUB_TOKEN sees no project 3 of acme, whatever its permissions"),
}
#: Those that may not read teams.
TEAMLESS = ("classic", "classic, public")


def expected(token: str, command: str) -> tuple[int, str]:
    """Return the exit code and the sentence that is wanted; an empty one where the command works."""
    is_doctor = command.startswith("doctor")
    if token in NEVER:
        return 3, NEVER[token][is_doctor]
    if token in TEAMLESS and "reviewers" in command:
        return 3, "none of them lets it read teams, and a filter asks for reviewers" if is_doctor else NO_TEAMS
    return COMMANDS[command][2], ""


def prepare(place: Place, token: str, area: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the token, with its scopes enforced, and a page with one area; a pull request waits for a team."""
    given = TOKENS[token]
    value = VALUES.get(given.get("kind", ""), "test-token")
    monkeypatch.setenv("GH_TOKEN", value)
    world = place.server.world
    world.token(value, **given)
    board, pull = world.project("acme", 3), world.repository("acme/rocket").numbers[15]
    board.add_view(1, "label:hull")
    board.add_view(2, "is:pr reviewers:ada")
    world.owner("acme").teams = ("crew",)
    pull.reviewers = ("ada", "acme/crew")
    board.put(pull, "Backlog")
    config = CONFIG.replace('["Shipped"]', '["Shipped"]\nadd = ["Backlog"]')
    place.write("roadmap-sync.toml", config + (f'[[pages.areas]]\nheading = "Hull"\n{area}' if area else ""))
    place.write("docs/roadmap.md", PAGE)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("token", TOKENS)
def test_a_token_and_a_command(place: Place, monkeypatch: pytest.MonkeyPatch, token: str, command: str) -> None:
    """Each cell of the table: works, or the sentence."""
    arguments, area, _ = COMMANDS[command]
    prepare(place, token, area, monkeypatch)
    ran = place.run(*arguments)
    said = ran.err + ran.out.decode()
    code, sentence = expected(token, command)
    print(f"{token:24}{command:26}{sentence or 'works'}")

    assert (ran.code, sentence in said) == (code, True), said
    if not sentence:
        assert "scope" not in ran.err
    if code == 3:
        assert place.page.read_bytes() == PAGE


def test_teams_are_asked_only_where_a_filter_names_reviewers(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """B2: `... on Team` stands in no document but that of a filter for reviewers."""
    for area, is_asked in ((LABELS, False), (VIEW, False), (REVIEWERS, True), (VIEW_OF_REVIEWERS, True)):
        prepare(place, "gh auth login", area, monkeypatch)
        place.server.log.clear()
        place.run("diff")
        place.run("snapshot", "board.json")

        asked = [request.document for request in place.server.log if "... on Team" in request.document]
        assert bool(asked) is is_asked, area


@pytest.mark.parametrize(
    ("scopes", "is_enough"),
    [
        pytest.param(("read:project", "read:org"), True, id="read:org"),
        pytest.param(("read:project", "admin:org"), True, id="admin:org"),
        pytest.param(("project", "write:discussion"), True, id="write:discussion"),
        pytest.param(("read:project", "repo", "workflow"), False, id="others"),
    ],
)
def test_which_scopes_let_a_token_read_teams(
    place: Place, monkeypatch: pytest.MonkeyPatch, scopes: tuple[str, ...], is_enough: bool
) -> None:
    """B2: `doctor` names the scope that a filter for reviewers needs, and is content with a wider one."""
    prepare(place, "classic", REVIEWERS, monkeypatch)
    place.server.world.token("test-token", scopes=scopes)

    assert place.run("diff").code == (0 if is_enough else 3)
    doctor = place.run("doctor")
    assert ("Add the scope read:org to it" in doctor.out.decode()) is not is_enough


#: Where the pages are on GitHub: the token that writes may be another one.
WRITES = {"pull request": ("sync", "--to", "pull-request"), "branch": ("sync", "--to", "branch")}


@pytest.mark.parametrize("command", WRITES)
@pytest.mark.parametrize("board_token", ["classic", "classic, public", "gh auth login", "fine-grained", "app"])
def test_two_tokens_of_a_job(pulled: Pulled, monkeypatch: pytest.MonkeyPatch, board_token: str, command: str) -> None:
    """The board is read with the one of docs/setup.md, the repository is written with the job's own."""
    world = pulled.place.server.world
    world.tokens.clear()
    value = VALUES.get(TOKENS[board_token].get("kind", ""), "test-token")
    world.token(value, **TOKENS[board_token])
    world.token("job-token", **TOKENS["job"])
    monkeypatch.setenv("ROADMAP_SYNC_TOKEN", value)
    monkeypatch.setenv("GITHUB_TOKEN", "job-token")
    ran = pulled.place.run(*WRITES[command])

    assert ran.code == 0, ran.err
