"""What GitHub says when it refuses a board is told in its words, with the way out, in every command (C6, C7)."""

import pytest

from tests.support.runs import CONFIG, PAGE, Place, place

__all__ = ["place"]

BOARD = "https://github.com/orgs/acme/projects/3"
#: A command, and what it is asked to write.
COMMANDS = {
    "sync": ("sync",),
    "diff": ("diff",),
    "check": ("check",),
    "explain": ("explain", "docs/roadmap.md:7"),
    "link": ("link",),
    "init": ("init", "docs/roadmap.md", "--board", BOARD, "--config", "new.toml", "--write"),
    "snapshot": ("snapshot", "board.json"),
    "doctor": ("doctor",),
}
#: What an owner refuses: the kind of token that it is refused to, GitHub's words to their end, the way out.
REFUSALS = {
    "oauth apps": ("oauth", "restricting-access-to-your-organization-s-data/", "approve the app"),
    "addresses": (
        "app",
        "has an IP allow list enabled, and your IP address is not permitted",
        "runner of the organisa",
    ),
    "classic tokens": ("classic", "acme forbids access via a personal access token (classic)", "a fine-grained token"),
    "long lifetimes": ("fine", "https://github.com/settings/personal-access-tokens/1", "a shorter lifetime"),
    "no sign-on": (
        "classic",
        "acme requires single sign-on for this token",
        "Authorise the token at https://github.com/orgs/acme/sso?authorization_request=test",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("refuses", REFUSALS)
def test_a_policy_of_the_board_s_owner(place: Place, refuses: str, name: str) -> None:
    """C6: the words and the way out, exit 3, after one request, and nothing is written."""
    kind, words, way_out = REFUSALS[refuses]
    place.server.world.token("test-token", kind=kind)
    place.server.world.owner("acme").refuses = refuses
    before = sorted(place.directory.rglob("*"))

    ran = place.run(*COMMANDS[name])

    said = ran.err + ran.out.decode()
    assert ran.code == 3
    assert words in said
    assert way_out in said
    assert "Either the number is wrong" not in said
    assert name == "doctor" or len(place.server.log) == 1
    assert sorted(place.directory.rglob("*")) == before
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize(
    ("kind", "refuses"),
    [
        pytest.param("fine", "classic tokens", id="fine-grained-where-classic-is-forbidden"),
        pytest.param("classic", "oauth apps", id="classic-where-apps-are-restricted"),
        pytest.param("classic", "long lifetimes", id="classic-where-lifetimes-are-limited"),
        pytest.param("app", "no sign-on", id="app-where-sign-on-is-wanted"),
    ],
)
def test_a_policy_about_other_tokens(place: Place, kind: str, refuses: str) -> None:
    """C6: a rule for another kind of token is none for this one."""
    place.server.world.token("test-token", kind=kind)
    place.server.world.owner("acme").refuses = refuses

    assert place.run("diff").code == 0


@pytest.mark.parametrize(
    ("refuses", "reason"),
    [
        pytest.param("classic tokens", "its organisation forbids classic tokens", id="classic"),
        pytest.param("addresses", "its organisation admits only some IP addresses", id="addresses"),
        pytest.param("no sign-on", "its organisation requires single sign-on for this token", id="sign-on"),
    ],
)
def test_a_policy_of_another_owner(place: Place, refuses: str, reason: str) -> None:
    """C6: a line about an organisation that refuses the token is left, with the reason; the others go on."""
    world = place.server.world
    world.repository("strict/lib").issue(1, "Far")
    world.repository("strict/lib").issue(2, "Further")
    world.owner("strict").refuses = refuses
    lines = "".join(f"- [ ] https://github.com/strict/lib/issues/{number}\n" for number in (1, 2))
    place.write("docs/roadmap.md", f"- [ ] https://github.com/acme/rocket/issues/12\n{lines}")

    ran = place.run("sync")
    assert (ran.code, place.page.read_text()[:5]) == (0, "- [x]")
    assert f"strict/lib#1 this token may not read it: {reason}" in ran.out.decode() or reason in ran.out.decode()
    doctor = place.run("doctor")
    assert "none in strict/lib: " in doctor.out.decode()
    assert reason in doctor.out.decode()
    place.write("docs/roadmap.md", lines)
    nothing = place.run("diff")
    assert (nothing.code, reason in nothing.err) == (3, True)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("kind", ["orgs", "users"])
def test_an_owner_that_is_not_there(place: Place, kind: str, name: str) -> None:
    """C7: it is said that there is nobody of that name, after one request."""
    board = f"https://github.com/{kind}/nobody/projects/3"
    place.write("roadmap-sync.toml", CONFIG.replace(BOARD, board))

    ran = place.run(*(word.replace(BOARD, board) for word in COMMANDS[name]))

    said = ran.err + ran.out.decode()
    assert ran.code == (2 if name == "doctor" else 3)
    assert "there is no user and no organisation called nobody" in said
    assert "Copy the board's address" in said
    assert "empty board" not in said
    assert name == "doctor" or len(place.server.log) == 1
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize("name", ["diff", "doctor"])
def test_a_number_that_is_not_there(place: Place, name: str) -> None:
    """C7: an owner that is there, with another board, is no missing owner."""
    place.write("roadmap-sync.toml", CONFIG.replace("projects/3", "projects/4"))
    said = (ran := place.run(name)).err + ran.out.decode()

    assert ran.code == 3
    assert "project 4 of acme" in said
    assert "no user" not in said
