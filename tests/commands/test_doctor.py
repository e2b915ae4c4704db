"""Ways to be misconfigured: the cause, what GitHub answers, and what the doctor prints of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from roadmap_sync.errors import Exit
from tests.standin import Server, faults
from tests.support.runs import CONFIG, PAGE, Place, place

__all__ = ["place"]


@dataclass(frozen=True)
class Case:
    """One misconfiguration.

    `token` is what the token may see (see tests.standin.Token), `answers` what must be found in GitHub's answers,
    empty where GitHub is not asked. `line` is the beginning of the line that tells it, `way_out` is in the next.
    """

    line: str
    way_out: str
    exit: Exit
    answers: str = ""
    token: dict = field(default_factory=dict)
    environ: dict = field(default_factory=dict)
    config: Callable[[str], str] = lambda text: text
    page: bytes = PAGE
    change: Callable[[Server], None] = lambda server: None
    fault: faults.Fault | None = None


def swap(old: str, new: str) -> Callable[[str], str]:
    """Change the config's text."""

    def swapped(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return swapped


def user_board(server: Server) -> None:
    """Give the page a board of a user."""
    server.world.project("ann", 1, statuses=("Shipped",), is_user=True)


ANNS = swap("orgs/acme/projects/3", "users/ann/projects/1")
HIDDEN = "Could not resolve to a ProjectV2 with the number 3."
ROBOT = {"login": "github-actions[bot]", "kind": "actions"}

CASES = {
    "the job's token for an organisation's board": Case(
        line="wrong  board       NOT_FOUND, because the job's token cannot see organisation projects",
        way_out="Pass board-token: the token of an app installed on acme",
        exit=Exit.GITHUB,
        answers=HIDDEN,
        token=ROBOT | {"boards": "hidden"},
    ),
    "the job's token for a user's board": Case(
        line="wrong  board       NOT_FOUND, because the job's token cannot see",
        way_out="Use a classic token of somebody who may see the board, with the scope read:project.",
        exit=Exit.GITHUB,
        answers="Could not resolve to a ProjectV2 with the number 1.",
        token=ROBOT | {"boards": "hidden"},
        config=ANNS,
        change=user_board,
    ),
    "a classic token without the scope": Case(
        line="wrong  token       a classic token of robot, from GH_TOKEN; scopes: repo; none of them",
        way_out="Add the scope read:project",
        exit=Exit.GITHUB,
        answers="Your token has not been granted the required scopes",
        token={"scopes": ("repo",)},
    ),
    "a token that is not authorised for single sign-on": Case(
        line="wrong  sign-on     acme requires single sign-on for this token",
        way_out="Authorise the token at https://github.com/orgs/acme/sso?authorization_request=test.",
        exit=Exit.GITHUB,
        answers="Resource protected by organization SAML enforcement.",
        token={"saml": frozenset({"acme"})},
    ),
    "a fine-grained token without Projects": Case(
        line="wrong  board       this fine-grained token sees no project 3 of acme",
        way_out="Make one whose resource owner is acme, with the organisation permission Projects: read",
        exit=Exit.GITHUB,
        answers=HIDDEN,
        token={"kind": "fine", "boards": "hidden"},
        environ={"GH_TOKEN": "github_pat_test"},
    ),
    "a fine-grained token for a user's board": Case(
        line="wrong  board       a fine-grained token cannot see project 1 of ann: for boards of users",
        way_out="Use a classic token",
        exit=Exit.GITHUB,
        answers="Could not resolve to a ProjectV2 with the number 1.",
        token={"kind": "fine", "boards": "hidden"},
        environ={"GH_TOKEN": "github_pat_test"},
        config=ANNS,
        change=user_board,
    ),
    "a fine-grained token of another owner": Case(
        line="wrong  board       a fine-grained token sees https://github.com/orgs/acme/projects/3 without a single",
        way_out="make one whose resource owner is acme",
        exit=Exit.GITHUB,
        answers='"totalCount": 0',
        token={"kind": "fine", "boards": "empty"},
        environ={"GH_TOKEN": "github_pat_test"},
    ),
    "an app without Projects": Case(
        line="wrong  board       this app's token sees no project 3 of acme",
        way_out="Install the app on acme with the organisation permission Projects: read",
        exit=Exit.GITHUB,
        answers=HIDDEN,
        token={"kind": "app", "login": "keeper[bot]", "boards": "hidden"},
        environ={"GH_TOKEN": "ghs_test"},
    ),
    "a number that is no board's": Case(
        line="wrong  board       there is no project 4 of acme that this token's owner may see",
        way_out="Copy the board's address from the browser again",
        exit=Exit.GITHUB,
        answers="Could not resolve to a ProjectV2 with the number 4.",
        config=swap("projects/3", "projects/4"),
    ),
    "an owner that is none": Case(
        line="wrong  board       there is no user and no organisation called acmee",
        way_out="Copy the board's address",
        exit=Exit.INPUT,
        answers='"repositoryOwner": null',
        config=swap("orgs/acme/", "orgs/acmee/"),
    ),
    "a token that GitHub does not know": Case(
        line="wrong  token       api.github.com: GitHub does not accept the token",
        way_out="It may have expired or been revoked",
        exit=Exit.GITHUB,
        answers="Bad credentials",
        environ={"GH_TOKEN": "old-token"},
    ),
    "an organisation that forbids tokens of this kind": Case(
        line="wrong  token       api.github.com: GitHub refuses this token",
        way_out="An organisation may have forbidden tokens of this kind",
        exit=Exit.GITHUB,
        fault=faults.Fault(
            "403", instead=lambda server, request: server.respond(request, 403, {"message": "Forbidden by policy"})
        ),
    ),
    "no token": Case(
        line="wrong  token       no token for github.com",
        way_out="Set ROADMAP_SYNC_TOKEN",
        exit=Exit.INPUT,
        environ={"GH_TOKEN": ""},
    ),
    "a token with a line break": Case(
        line="wrong  token       GH_TOKEN: the token holds a line break",
        way_out="Copy it again",
        exit=Exit.INPUT,
        environ={"GH_TOKEN": "test-token\n"},
    ),
    "a host that nobody vouches for": Case(
        line="wrong  token       nothing says how to reach git.acme.example",
        way_out="set GITHUB_SERVER_URL=https://git.acme.example GITHUB_GRAPHQL_URL=https://git.acme.example/api/graphql",
        exit=Exit.INPUT,
        config=swap("https://github.com", "https://git.acme.example"),
    ),
    "the hour's points are spent": Case(
        line="wrong  token       api.github.com: GitHub's limit is reached: the hourly rate limit of this token",
        way_out="Run again",
        exit=Exit.GITHUB,
        fault=faults.primary_limit(),
    ),
    "few points are left": Case(
        line="wrong  rate limit  9 of 10 points left until ",
        way_out="Run again after that",
        exit=Exit.GITHUB,
        change=lambda server: setattr(server, "limit", 10),
    ),
    "no such Status field": Case(
        line='wrong  status      https://github.com/orgs/acme/projects/3: the board has no field "Stage"',
        way_out='its single selects: "Status"',
        exit=Exit.INPUT,
        answers='"field": null',
        config=swap("[statuses]", 'status_field = "Stage"\n\n[statuses]'),
    ),
    "a Status field of another kind": Case(
        line='wrong  status      https://github.com/orgs/acme/projects/3: the field "Title" is not a single select',
        way_out='its single selects: "Status"',
        exit=Exit.INPUT,
        config=swap("[statuses]", 'status_field = "Title"\n\n[statuses]'),
    ),
    "an option that the board does not have": Case(
        line='wrong  status      roadmap-sync.toml:5: no option "Shiped"',
        way_out='Did you mean "Shipped"?',
        exit=Exit.INPUT,
        config=swap("Shipped", "Shiped"),
    ),
    "a key that is none": Case(
        line='wrong  config      roadmap-sync.toml:4: unknown key "statusses"',
        way_out="statuses",
        exit=Exit.INPUT,
        config=swap("[statuses]", "[statusses]"),
    ),
    "a heading that the page does not have": Case(
        line='wrong  page        roadmap-sync.toml:10: no heading "Engine"',
        way_out='Did you mean "Roadmap > Engines"',
        exit=Exit.INPUT,
        config=lambda text: text + 'sections = ["Engine"]\n',
    ),
    "a page that is not there": Case(
        line="wrong  page        docs/road.md: no such file",
        way_out="Paths are relative to the working directory.",
        exit=Exit.INPUT,
        config=swap("docs/roadmap.md", "docs/road.md"),
    ),
    "a page that is no text": Case(
        line="wrong  page        docs/roadmap.md",
        way_out="UTF-8",
        exit=Exit.INPUT,
        page=b"- [ ] \xff\n",
    ),
    "references that this token may not see": Case(
        line="wrong  references  1 of 3 are read; none in acme/vault",
        way_out="Give the token that reads the board Issues: read",
        exit=Exit.GITHUB,
        answers="Could not resolve to a Repository with the name 'acme/vault'.",
        token={"hidden": frozenset({"acme/vault"})},
        page=b"- [ ] acme/rocket#12\n- [ ] acme/vault#1\n- [ ] acme/vault#2\n",
    ),
    "a repository that is none": Case(
        line="wrong  writing     a classic token sees no acme/rokket: Could not resolve to a Repository",
        way_out="Check `repository` under [[pages]]",
        exit=Exit.GITHUB,
        config=swap("acme/rocket", "acme/rokket"),
    ),
    "an archived repository": Case(
        line="wrong  writing     acme/rocket is archived",
        way_out="Unarchive it",
        exit=Exit.GITHUB,
        change=lambda server: setattr(server.world.repository("acme/rocket"), "is_archived", True),
    ),
    "a job that may only read": Case(
        line="wrong  writing     a classic token may only read acme/rocket",
        way_out="Give the job contents: write and pull-requests: write",
        exit=Exit.GITHUB,
        environ={"GITHUB_ACTIONS": "true"},
        token={"may_write": False},
    ),
    "a classic token without repo": Case(
        line="wrong  writing     a classic token lacks the scope repo",
        way_out="Give the job contents: write",
        exit=Exit.GITHUB,
        environ={"GITHUB_ACTIONS": "true"},
        token={"scopes": ("read:project",)},
    ),
    "no network": Case(
        line="wrong  token       api.github.com: no answer: read (",
        way_out="https://www.githubstatus.com",
        exit=Exit.GITHUB,
        fault=faults.reset(),
    ),
    "no GraphQL at the endpoint": Case(
        line="wrong  token       api.github.com: it answers with a redirect",
        way_out="Set GITHUB_GRAPHQL_URL",
        exit=Exit.GITHUB,
        fault=faults.redirect(),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_misconfigurations_are_told_apart(place: Place, monkeypatch, case: Case) -> None:
    """Each cause has a line of its own, the one thing to do in the next, and the exit code of its kind."""
    place.write("roadmap-sync.toml", case.config(CONFIG))
    place.write("docs/roadmap.md", case.page)
    for name, value in case.environ.items():
        monkeypatch.setenv(name, value)
    server = place.server = Server(place.server.world, [case.fault] if case.fault else [])
    said = answers_of(server)
    server.world.token(
        "test-token" if case.environ.get("GH_TOKEN") in {None, "old-token"} else case.environ["GH_TOKEN"], **case.token
    )
    case.change(server)

    ran = place.run("doctor")

    lines = ran.out.decode().splitlines()
    (index,) = (number for number, line in enumerate(lines) if line.startswith(case.line))
    assert lines[index + 1].strip().startswith("Do: ")
    assert case.way_out in lines[index + 1]
    assert ran.code == case.exit
    assert case.answers in "".join(said)
    assert "in step" not in ran.out.decode() + ran.err


def answers_of(server: Server) -> list[str]:
    """Keep what the server answers."""
    said: list[str] = []
    handle = server.handle

    def kept(body, headers):
        response = handle(body, headers)
        said.append(response.body.decode(errors="replace"))
        return response

    server.handle = kept
    return said


def test_no_two_causes_have_one_line() -> None:
    """Told apart means: no line begins like another's."""
    lines = [case.line for case in CASES.values()]
    known = {one for one in lines for other in lines if one is not other and other.startswith(one)}

    assert known <= {
        "wrong  page        docs/roadmap.md",
        "wrong  board       NOT_FOUND, because the job's token cannot see",
    }
    assert len(CASES) >= 12


def test_verbose_tells_what_was_asked(place: Place) -> None:
    """`-v` names each question to GitHub, and the reading with its cost; without it they are not told."""
    place.server.world.token("test-token")

    quiet, ran = place.run("doctor"), place.run("doctor", "-v")

    asked = ["whoami", "board_visibility", "whoami", "repository_permissions"]
    assert [line.partition(":")[0] for line in ran.err.splitlines() if line.endswith(": 1 request")] == asked
    assert "https://github.com/orgs/acme/projects/3 (live): 1 request, 1 point, " in ran.err
    assert quiet.err == f"{ran.err.splitlines()[-1]}\n"


def test_all_is_well(place: Place) -> None:
    """A line for each thing, and nothing to do."""
    place.server.world.token("test-token")

    ran = place.run("doctor")

    assert ran.code == Exit.OK
    assert "Do:" not in ran.out.decode()
    lines = [line.split(maxsplit=1) for line in ran.out.decode().splitlines()]
    assert [state for state, _ in lines] == ["ok"] * 10
    assert ran.out.decode().startswith("ok     config      roadmap-sync.toml; docs/roadmap.md; https://github.com/")
    assert "The set-up: nothing is wrong." in ran.err


def test_what_lies_behind_a_fault_is_not_called_right(place: Place) -> None:
    """Without a board nothing is said of its Status or of the references, and the count says so."""
    place.server.world.token("test-token", boards="hidden")

    ran = place.run("doctor")

    assert "-      status      not looked at: the board could not be read" in ran.out.decode()
    assert "-      references  not looked at: the board could not be read" in ran.out.decode()
    assert "The set-up: 1 wrong, 2 not looked at." in ran.err


def test_with_a_snapshot(place: Place, monkeypatch) -> None:
    """A board from a file needs no token; the Status and the references are looked at in the file."""
    assert place.run("snapshot", "board.json").code == Exit.OK
    monkeypatch.delenv("GH_TOKEN")

    ran = place.run("doctor", "--board", "board.json")

    assert ran.code == Exit.OK
    assert "-      token       not looked at: the board is a file" in ran.out.decode()
    assert 'ok     status      "Status": Backlog, Shipped' in ran.out.decode()


def test_without_a_repository(place: Place) -> None:
    """A page whose repository nobody names cannot be asked about."""
    place.write("roadmap-sync.toml", CONFIG.replace('repository = "acme/rocket"\n', ""))

    assert "-      writing     not looked at: no page says" in place.run("doctor").out.decode()


def test_another_token_writes(place: Place, monkeypatch) -> None:
    """With two tokens each is judged for its own work; an app's permissions cannot be asked for."""
    world = place.server.world
    world.token("board-token")
    world.token("ghs_test", **ROBOT)
    world.repository("acme/rocket").permission = None
    monkeypatch.setenv("ROADMAP_SYNC_TOKEN", "board-token")
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_test")

    ran = place.run("doctor")

    assert "ok     token       a classic token of robot, from ROADMAP_SYNC_TOKEN" in ran.out.decode()
    assert (
        "ok     writing     the job's own token: GitHub tells only at the first write what it may write"
        in ran.out.decode()
    )


def test_a_writing_token_that_github_refuses(place: Place, monkeypatch) -> None:
    """The other token may have expired alone."""
    place.server.world.token("test-token")
    monkeypatch.setenv("GITHUB_TOKEN", "old-token")

    ran = place.run("doctor")

    assert ran.code == Exit.GITHUB
    assert "wrong  writing     api.github.com: GitHub does not accept the token" in ran.out.decode()


def test_a_job_that_is_not_told_who_it_is(place: Place, monkeypatch) -> None:
    """Where GitHub keeps the name from the job's token, its variable and its first letters are enough."""
    monkeypatch.delenv("GH_TOKEN")
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_test")
    place.server = Server(place.server.world, [faults.forbidden("Query.viewer", kind="app").always()])
    place.server.world.token("ghs_test", **ROBOT, boards="hidden")

    shown = place.run("doctor").out.decode()

    assert "ok     token       the job's own token of somebody, from GITHUB_TOKEN" in shown
    assert "-      rate limit  not looked at: GitHub did not tell" in shown
    assert "wrong  board       NOT_FOUND, because the job's token cannot see organisation projects" in shown


def test_other_answers(place: Place) -> None:
    """A host that counts no points, a draft among the references, a repository that does not answer."""
    place.write("docs/roadmap.md", "- [ ] Idea <!-- roadmap-sync: PVTI_none -->\n- [ ] acme/rocket#12\n")
    unlimited = faults.quietly_null("Query.rateLimit").always()
    silent = faults.quietly_null("Query.repository").matching(
        lambda request: "query RepositoryPermissions" in request.document
    )
    place.server = Server(place.server.world, [unlimited, silent])

    shown = place.run("doctor").out.decode()

    assert "ok     rate limit  none on this host" in shown
    assert "ok     references  1 of 2 are read; not: PVTI_none" in shown
    assert "sees no acme/rocket: GitHub answered nothing" in shown


def test_a_home_that_fails(place: Place) -> None:
    """Trouble with one question leaves the others answered."""
    trouble = faults.server_error().matching(lambda request: "query RepositoryPermissions" in request.document)
    place.server = Server(place.server.world, [trouble])

    ran = place.run("doctor")

    assert ran.code == Exit.GITHUB
    assert "wrong  writing     api.github.com: GitHub has trouble (HTTP 503)" in ran.out.decode()
    assert "ok     status " in ran.out.decode()


def test_a_private_board_is_not_named(place: Place) -> None:
    """What the doctor says may stand in the log of a public job."""
    place.server.world.token("test-token")
    place.server.world.project("acme", 3, public=False, title="Secret plans", closed=True)

    ran = place.run("doctor")

    assert "ok     board       private, 4 items, closed" in ran.out.decode()
    assert "Secret" not in ran.out.decode()


def test_a_runner_has_it_in_the_summary(place: Place, monkeypatch, tmp_path) -> None:
    """In a job the findings stand in the step's summary."""
    file = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))

    place.run("doctor")

    assert file.read_text().startswith("```\nok     config ")
