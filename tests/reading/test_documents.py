"""Tests of what is sent to GitHub: every document that can be composed, its validity and its cost."""

from dataclasses import replace

import pytest
from graphql import parse, validate

from roadmap_sync.github.queries import queries
from roadmap_sync.reading.documents import (
    Ask,
    Boards,
    Closing,
    Composer,
    Details,
    Ends,
    Field,
    Fields,
    Page,
    Slice,
    points,
)
from roadmap_sync.references import Reference, from_name
from tests.standin import measure, old_host_schema, read_schema
from tests.support.makers import ADDRESS

COMPOSER = Composer(queries(), ADDRESS, "Status")
MOST_NODES = 500_000

ISSUES = tuple(Reference("acme", f"repo{number % 7}", number, "") for number in range(1, 51))
DRAFTS = tuple(Reference("", "", 0, "", draft=f"PVTI_{number}") for number in range(50))
RESTS = tuple((f"acme/rocket#{number}", f"I_{number}", "MjA=") for number in range(50))
EVIDENCE = frozenset(reference.key for reference in ISSUES)
IDS = tuple(f"I_{number}" for number in range(50))

AREAS = tuple(Slice(f'label:{name} status:"Ideas"') for name in "abcdefgh")
FIELDS = (Field("Docs", "TEXT", "docs"), Field("Teams", "MULTI_SELECT", "teams"))


def cards(kind, count=100):
    """So many cards of a kind."""
    return tuple((kind, f"PVTI_{kind}_{number}") for number in range(count))


#: Each kind of document at its largest: what it is, nodes, points.
DOCUMENTS = [
    pytest.param(Ask(head=True), 1, 1, id="the board alone"),
    pytest.param(Ask(head=True, host=True), 1, 1, id="the board and its host"),
    pytest.param(Ask(ISSUES, ("acme/site",), head=True, host=True), 2001, 1, id="board, host, 50 look-ups, a page's"),
    pytest.param(Ask(ISSUES), 2000, 1, id="50 look-ups"),
    pytest.param(Ask(ISSUES, evidence=EVIDENCE), 3000, 2, id="50 look-ups, all under open boxes"),
    pytest.param(Ask(DRAFTS), 0, 1, id="50 drafts"),
    pytest.param(Ask(ISSUES[:25] + DRAFTS[:25]), 1000, 1, id="25 look-ups and 25 drafts"),
    pytest.param(Ask((), ("acme/site",)), 0, 1, id="a page's repository"),
    pytest.param(
        Ask(ISSUES, head=True, host=True, lists=AREAS, first=100, views=(1, 14), fields=True), 3701, 1, id="eight areas"
    ),
    pytest.param(Details(cards("issue"), FIELDS), 17_000, 3, id="details of 100 issues"),
    pytest.param(Details(cards("pull_request"), FIELDS), 22_000, 4, id="details of 100 pull requests"),
    pytest.param(Details(cards("draft")), 2000, 1, id="details of 100 drafts"),
    pytest.param(
        Details(cards("issue"), (), frozenset({"labels"})), 15_000, 2, id="details of 100 issues without people"
    ),
    pytest.param(Details(cards("draft"), (), frozenset()), 0, 1, id="details of 100 drafts without people"),
    pytest.param(Details(cards("issue", 200), FIELDS), 34_000, 6, id="details of 200 issues"),
    pytest.param(Details(cards("card"), FIELDS), 0, 1, id="fields of 100 cards"),
    pytest.param(
        Details(cards("issue", 60) + cards("pull_request", 38) + cards("draft", 2), FIELDS), 18_600, 3, id="all kinds"
    ),
    pytest.param(Boards(RESTS), 10_000, 1, id="the rest of 50 lists of boards"),
    pytest.param(Closing(IDS), 1000, 1, id="closing pull requests of 50 issues"),
    pytest.param(Fields(), 100, 1, id="the fields"),
    pytest.param(Page(Slice(), 100), 100, 1, id="a page"),
    pytest.param(Page(Slice(), 100, "MTAw"), 100, 1, id="a later page"),
    pytest.param(Page(Slice(), 100, backward=True), 100, 1, id="a page from the end"),
    pytest.param(Ends((Page(AREAS[0], 100, "MTAw"), Page(AREAS[0], 50, "MjAw", backward=True))), 150, 1, id="two ends"),
    pytest.param(Page(Slice('status:"In, work"', archived=True), 100), 100, 1, id="a page of a column, archived too"),
]


def is_for_old_hosts(part):
    """Whether hosts without `query` and `archivedStates` must take the document too."""
    if isinstance(part, Details):
        return not part.fields
    if isinstance(part, Ends):
        return False
    return not getattr(part, "lists", ()) and getattr(part, "slice", Slice()) == Slice()


@pytest.mark.parametrize(("part", "nodes", "cost"), DOCUMENTS)
def test_every_document_is_valid_and_costs_what_it_says(part, nodes, cost):
    """Valid against GitHub's schema, under 500,000 nodes, and its cost by GitHub's formula is what we count."""
    request = COMPOSER.request(part)
    document = parse(request.text)
    measured = measure(read_schema(), document, request.variables)

    assert validate(read_schema(), document) == []
    assert (request.nodes, request.points) == (nodes, cost)
    assert (measured.nodes, measured.points) == (nodes, cost)
    assert nodes < MOST_NODES


@pytest.mark.parametrize(
    "part", [pytest.param(param.values[0], id=param.id) for param in DOCUMENTS if is_for_old_hosts(param.values[0])]
)
def test_old_hosts_take_the_plain_documents(part):
    """A host that knows neither `query` nor `archivedStates` is never asked for them unless it said so."""
    assert validate(old_host_schema(), parse(COMPOSER.request(part).text)) == []


def test_foreign_text_travels_in_variables_only():
    """Neither a repository's name, a Status field's, a filter nor an id is ever part of a document."""
    words = ('sta"tus', "own-er", "na.me", "PVTI_foreign", 'x:"} evil')
    composer = Composer(queries(), replace(ADDRESS, owner=words[1]), words[0])
    parts = (
        Ask((Reference(words[1], words[2], 7, ""), Reference("", "", 0, "", draft=words[3])), head=True),
        Boards((("key", words[3], words[4]),)),
        Closing((words[3],)),
        Page(Slice(words[4]), 10, words[4]),
        Ask(head=True, lists=(Slice(words[4]),), first=10),
        Details((("issue", words[3]),), (Field(words[0], "TEXT", words[2]),)),
        Fields(),
    )
    for part in parts:
        assert [word for word in words if word in composer.request(part).text] == []


def test_places_tell_which_answer_is_whose():
    """References are grouped by repository, whatever the case, and each path leads back to its key."""
    names = ("Acme/Rocket#1", "acme/rocket#2", "other/site#1", "PVTI_x")
    request = COMPOSER.request(Ask(tuple(from_name(name) for name in names), ("ACME/rocket",)))

    assert request.repositories == {("r0",): "acme/rocket", ("r1",): "other/site"}
    assert request.places == {
        ("r0", "i1"): "acme/rocket#1",
        ("r0", "i2"): "acme/rocket#2",
        ("r1", "i1"): "other/site#1",
        ("d0",): "PVTI_x",
    }
    assert request.variables["n0"] == "rocket"


def test_no_list_of_ids_is_too_long():
    """GitHub takes 100 ids at a time, so more of one kind are asked in several lists."""
    request = COMPOSER.request(Details(cards("issue", 130) + cards("draft", 2)))

    lists = {name: value for name, value in request.variables.items() if isinstance(value, list)}
    assert {name: len(ids) for name, ids in lists.items()} == {"issues0": 100, "issues1": 30, "drafts0": 2}
    assert all(lists[name][index] == card for (name, index), card in request.places.items())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_cutting_loses_nothing(size):
    """However small the parts, together they ask the same, and the board is asked once, first."""
    whole = Ask(ISSUES[:7], ("a/b", "c/d"), head=True, host=True)

    parts = whole.cut(size)

    assert tuple(r for part in parts for r in part.references) == whole.references
    assert tuple(r for part in parts for r in part.repositories) == whole.repositories
    assert [(part.head, part.host) for part in parts] == [(True, True)] + [(False, False)] * (len(parts) - 1)
    assert max(part.size for part in parts) <= size


def test_cutting_other_parts():
    """Rests, ids and pages are cut too; the board alone stays one."""
    assert [len(part.rests) for part in Boards(RESTS).cut(20)] == [20, 20, 10]
    assert [len(part.ids) for part in Closing(IDS).cut(30)] == [30, 20]
    assert [len(part.cards) for part in Details(cards("issue", 5)).cut(2)] == [2, 2, 1]
    assert Page(Slice(), 100, "x").cut(25) == [Page(Slice(), 25, "x")]
    assert Ask(head=True).cut(50) == [Ask(head=True)]


def test_only_what_has_parts_can_be_halved():
    """One look-up, or the board alone, cannot be asked in smaller parts."""
    parts = (
        Ask(ISSUES[:2]),
        Ask(head=True),
        Ask(head=True, lists=AREAS[:1], first=2),
        Boards(RESTS[:1]),
        Details(cards("card", 2)),
        Closing(IDS[:2]),
        Fields(),
        Page(Slice(), 1),
    )

    assert [(str(request), request.can_halve) for request in map(COMPOSER.request, parts)] == [
        ("Ask of 2: 80 nodes, 1 point", True),
        ("Ask of 0: 1 nodes, 1 point", False),
        ("Ask of 0: 5 nodes, 1 point", True),
        ("Boards of 1: 200 nodes, 1 point", False),
        ("Details of 2: 0 nodes, 1 point", True),
        ("Closing of 2: 40 nodes, 1 point", True),
        ("Fields of 1: 100 nodes, 1 point", False),
        ("Page of 1: 1 nodes, 1 point", False),
    ]


@pytest.mark.parametrize(("connections", "cost"), [(0, 1), (149, 1), (150, 2), (250, 3), (40_102, 401)])
def test_points_are_connections_by_the_hundred(connections, cost):
    """Rounded, at least one; the last row is what `gh project item-list` asks for."""
    assert points(connections) == cost
