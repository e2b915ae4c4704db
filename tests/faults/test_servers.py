"""Faults A18, B8 and B22, and what a verdict asks besides: read from the stand-in, on servers of several ages."""

from dataclasses import replace

import pytest

from roadmap_sync.board.verdict import judge
from tests.standin import Server, World
from tests.support.makers import ADDRESS, rules
from tests.support.readings import drive, question

SERVER = replace(ADDRESS, url="https://github.acme.example/orgs/acme/projects/3", host="github.acme.example")
RESIDENT = replace(ADDRESS, url="https://acme.ghe.com/orgs/acme/projects/3", host="acme.ghe.com")
NAMES = ("acme/rocket#1", "acme/rocket#2", "acme/rocket#3", "acme/rocket#4", "acme/rocket#7", "acme/rocket#8")


def world():
    """A board with an issue of each way to end, and merges into a branch that was renamed since."""
    made = World()
    rocket = made.repository("acme/rocket", labels=("wontfix",))
    board = made.project("acme", 3, statuses=("Backlog", "Shipped"))
    first = rocket.issue(1, "Fly", state="CLOSED", reason="COMPLETED", labels=("wontfix",))
    rocket.issue(2, "Fly again", state="CLOSED", reason="DUPLICATE", duplicate_of=first)
    rocket.issue(3, "Swim", state="CLOSED", reason="NOT_PLANNED")
    parent = rocket.issue(4, "Land", state="CLOSED", reason="COMPLETED")
    rocket.issue(5, "Brake", parent=parent)
    rocket.issue(6, "Stop", parent=parent, state="CLOSED", reason="COMPLETED")
    rocket.pull(7, "Wings", state="MERGED", base="main")
    rocket.git.branch("v2")
    rocket.pull(8, "Tail", state="MERGED", base="v2")
    for number in (1, 2, 3, 4, 7, 8):
        board.put(rocket.numbers[number], "Shipped")
    return made


def outcomes(server, address=ADDRESS, names=NAMES, **more):
    """What the verdicts are on what was read, by number."""
    board = drive(question(*names, address=address, labels=bool(more.get("dropped_labels"))), server)
    page = rules(done=("Shipped",), **more)
    return {answer.number: judge(answer, page, board).outcome for answer in board.answers.values()}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("github.com", ADDRESS, id="github.com"),
        pytest.param("tomorrow", ADDRESS, id="github.com-without-the-argument"),
        pytest.param("3.19", SERVER, id="3.19"),
        pytest.param("3.18", SERVER, id="3.18"),
        pytest.param("3.17", SERVER, id="3.17"),
        pytest.param("tomorrow", SERVER, id="a-server-without-the-argument"),
    ],
)
def test_a_duplicate_is_never_done(host, address):
    """A18: GHES 3.17 and 3.18 tell a duplicate only where they are asked for it; nobody else is asked."""
    server = Server(world(), host=host)

    assert outcomes(server, address) == {1: "done", 2: "dropped", 3: "dropped", 4: "done", 7: "done", 8: "unknown"}


@pytest.mark.parametrize("address", [ADDRESS, RESIDENT], ids=["github.com", "data-residency"])
def test_github_com_is_not_asked_with_an_argument_that_goes(address):
    """A18: GitHub has announced that it will take `enableDuplicate` away."""
    server = Server(world())
    outcomes(server, address)

    assert not [request for request in server.log if "enableDuplicate" in request.document]


def test_a_branch_that_was_renamed():
    """B22: merged into `v2`, which is gone, with a Status that the config names: done."""
    made = world()
    made.repository("acme/rocket").rename_branch("v2", "v3")

    assert outcomes(Server(made), names=("acme/rocket#8",)) == {8: "done"}
    assert outcomes(Server(world()), names=("acme/rocket#8",)) == {8: "unknown"}


def test_labels_are_asked_only_where_they_decide():
    """A closed issue with a label of the config was given up; without such labels nobody asks for any."""
    asked, plain = Server(world()), Server(world())

    assert outcomes(asked, dropped_labels=("wontfix",))[1] == "dropped"
    assert outcomes(plain)[1] == "done"
    assert "labels" in asked.log[0].document
    assert "labels" not in plain.log[0].document


def test_open_sub_issues_are_counted():
    """C8: what is still open below an issue comes with it."""
    board = drive(question("acme/rocket#4", "acme/rocket#1"), Server(world()))

    assert board.answers["acme/rocket#4"].open_sub_issues == 1
    assert board.answers["acme/rocket#1"].open_sub_issues == 0
