"""Tests of what is sent to GitHub: every document that can be composed, its validity and its cost."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import parse, strip_ignored_characters, validate

from roadmap_sync.github.queries import queries
from roadmap_sync.reading.ask import Ask
from roadmap_sync.reading.documents import Queries, compose, points
from roadmap_sync.reading.facts import BoardField
from roadmap_sync.reading.items import RepositoryFacts
from roadmap_sync.reading.parts import Boards, Closing, Details, Fields, Pages, Sizes, Slice, Stretch
from roadmap_sync.references import Reference, from_name
from tests.standin import measure, old_host_schema, read_schema
from tests.support.makers import ADDRESS

MOST_NODES = 500_000


def composed(part, *, texts=None, address=ADDRESS, status_field="Status"):
    """The request for a part."""
    return compose(part, texts or queries().for_board("github.com", has_labels=False), address, status_field)


ISSUES = tuple(Reference("acme", f"repo{number % 7}", number, "") for number in range(1, 51))
DRAFTS = tuple(Reference("", "", 0, "", draft=f"PVTI_{number}") for number in range(50))
ROCKET = RepositoryFacts("acme/rocket", "PUBLIC", is_private=False, default_branch="main")
RESTS = tuple((f"acme/rocket#{number}", f"I_{number}", "MjA=", ROCKET) for number in range(50))
EVIDENCE = frozenset(reference.key for reference in ISSUES)
IDS = tuple(f"I_{number}" for number in range(50))

AREAS = tuple(Slice(f'label:{name} status:"Ideas"') for name in "abcdefgh")
FIELDS = (BoardField("Docs", "TEXT"), BoardField("Teams", "MULTI_SELECT"))


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
    pytest.param(Pages(Slice(), (Stretch(100),)), 100, 1, id="a page"),
    pytest.param(Pages(Slice(), (Stretch(100, "MTAw"),)), 100, 1, id="a later page"),
    pytest.param(Pages(Slice(), (Stretch(100, backward=True),)), 100, 1, id="a page from the end"),
    pytest.param(Pages(AREAS[0], (Stretch(100, "MTAw"), Stretch(50, "MjAw", backward=True))), 150, 1, id="two ends"),
    pytest.param(
        Pages(Slice('status:"In, work"', archived=True), (Stretch(100),)), 100, 1, id="a page of a column, archived too"
    ),
]


def is_for_old_hosts(part):
    """Whether hosts without `query` and `archivedStates` must take the document too."""
    if isinstance(part, Details):
        return not part.fields
    return not getattr(part, "lists", ()) and getattr(part, "slice", Slice()) == Slice()


@pytest.mark.parametrize(("part", "nodes", "cost"), DOCUMENTS)
def test_every_document_is_valid_and_costs_what_it_says(part, nodes, cost):
    """Valid against GitHub's schema, under 500,000 nodes, and its cost by GitHub's formula is what we count."""
    request = composed(part)
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
    texts = queries().without({"issueType", "duplicateOf"})

    assert validate(old_host_schema(), parse(composed(part, texts=texts).text)) == []


def test_foreign_text_travels_in_variables_only():
    """Neither a repository's name, a Status field's, a filter nor an id is ever part of a document."""
    words = ('sta"tus', "own-er", "na.me", "PVTI_foreign", 'x:"} evil')
    address = replace(ADDRESS, owner=words[1])
    parts = (
        Ask((Reference(words[1], words[2], 7, ""), Reference("", "", 0, "", draft=words[3])), head=True),
        Boards((("key", words[3], words[4], ROCKET),)),
        Closing((words[3],)),
        Pages(Slice(words[4]), (Stretch(10, words[4]),)),
        Ask(head=True, lists=(Slice(words[4]),), first=10),
        Details((("issue", words[3]),), (BoardField(words[0], "TEXT"),)),
        Fields(),
    )
    for part in parts:
        assert [word for word in words if word in composed(part, address=address, status_field=words[0]).text] == []


def test_look_ups_are_grouped_by_repository():
    """Spellings that differ in case are one, and the first is asked."""
    names = ("Acme/Rocket#1", "acme/rocket#2", "other/site#1", "PVTI_x")
    request = composed(Ask(tuple(from_name(name) for name in names), ("ACME/rocket",)))

    assert re.findall(r"(\w+): (?:repository|issueOrPullRequest|node)\(", request.text) == [
        "r0", "i1", "i2", "r1", "i1", "d0",
    ]  # fmt: skip
    assert (request.variables["o0"], request.variables["n0"]) == ("ACME", "rocket")


def test_no_list_of_ids_is_too_long():
    """GitHub takes 100 ids at a time, so more of one kind are asked in several lists."""
    request = composed(Details(cards("issue", 130) + cards("draft", 2)))

    lists = {name: value for name, value in request.variables.items() if isinstance(value, list)}
    assert {name: len(ids) for name, ids in lists.items()} == {"issue0": 100, "issue1": 30, "draft0": 2}


OPTIONAL = """# Some of these
fragment F on Issue {
  a
  b { # absent before GHES 3.18
    c {
      d
    }
  }
  e: f # absent before GHES 3.19
  g(h: true) # absent before GHES 3.17
  i
}
"""


@pytest.mark.parametrize(
    ("unknown", "dropped", "left"),
    [
        pytest.param(set(), set(), "a b{c{d}}e:f g(h:true)i", id="all are known"),
        pytest.param({"b", "Issue"}, {"b"}, "a e:f g(h:true)i", id="a field with a selection"),
        pytest.param({"f"}, {"f"}, "a b{c{d}}g(h:true)i", id="a field with another name"),
        pytest.param({"h"}, {"h"}, "a b{c{d}}e:f g i", id="an argument"),
        pytest.param({"g", "f", "b"}, {"g", "f", "b"}, "a i", id="all"),
        pytest.param({"a", "c", "e"}, set(), "a b{c{d}}e:f g(h:true)i", id="what is not marked"),
    ],
)
def test_what_a_host_does_not_know_is_taken_out(unknown, dropped, left):
    """Fields and arguments that are marked, with all that is selected of them; never another."""
    texts = Queries({"f": OPTIONAL}).without(unknown)

    assert texts.dropped == dropped
    assert texts.without([]).dropped == dropped
    assert strip_ignored_characters(texts.closed("{ ...F }")) == f"{{...F}}fragment F on Issue{{{left}}}"


@pytest.mark.parametrize("name", ["enableDuplicate", "stateReason"])
def test_why_an_issue_was_closed_is_always_asked(name):
    """A18: a host that does not know the argument, and names the field in its refusal, still tells the reason."""
    texts = queries().without({name, "stateReason"})

    assert "stateReason\n" in texts.closed("{ ...IssueFacts }") or "stateReason(" in texts.closed("{ ...IssueFacts }")


def test_every_optional_field_can_be_taken_out():
    """Each mark in `queries/` is understood, and what is left is valid."""
    files = Path(__file__).parents[2].glob("queries/*/*.graphql")
    marked = r"^ *(\w+)(?:\((\w+).*\))?.* # absent "
    found = [match for file in files for match in re.findall(marked, file.read_text(), re.MULTILINE)]
    names = {argument or name for name, argument in found}
    texts = queries().without(names)

    assert texts.dropped == names == {"issueType", "duplicateOf", "enableDuplicate", "subIssuesSummary"}
    text = composed(Details(cards("issue")), texts=texts).text
    assert validate(read_schema(), parse(text)) == []
    assert not [name for name in names if name in text]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_cutting_loses_nothing(size):
    """However small the parts, together they ask the same, and the board is asked once, first."""
    whole = Ask(ISSUES[:7], ("a/b", "c/d"), head=True, host=True)

    parts = whole.cut(Sizes(look_ups=size))

    assert tuple(r for part in parts for r in part.references) == whole.references
    assert tuple(r for part in parts for r in part.repositories) == whole.repositories
    assert [(part.head, part.host) for part in parts] == [(True, True)] + [(False, False)] * (len(parts) - 1)
    assert max(part.size for part in parts) <= size


def test_cutting_other_parts():
    """Rests, ids and pages are cut too; the board alone stays one."""
    assert [len(part.things) for part in Boards(RESTS).cut(Sizes(look_ups=20))] == [20, 20, 10]
    assert [len(part.things) for part in Closing(IDS).cut(Sizes(look_ups=30))] == [30, 20]
    assert [len(part.things) for part in Details(cards("issue", 5)).cut(Sizes(details=2))] == [2, 2, 1]
    assert Pages(Slice(), (Stretch(100, "x"),)).cut(Sizes(items=25)) == [Pages(Slice(), (Stretch(25, "x"),))]
    ends = Pages(Slice(), (Stretch(100, "x"), Stretch(10, "y", backward=True)))
    assert ends.cut(Sizes(items=100)) == [ends]
    assert ends.cut(Sizes(items=50)) == [
        Pages(Slice(), (Stretch(50, "x"),)),
        Pages(Slice(), (Stretch(10, "y", backward=True),)),
    ]


@pytest.mark.parametrize(
    "part", [Fields(), Pages(Slice(), (Stretch(1),)), Ask(head=True)], ids=["fields", "page", "board"]
)
def test_what_is_one_thing_stays_whole(part):
    """However small the sizes."""
    assert list(part.cut(Sizes(1, 1, 1))) == [part]


@pytest.mark.parametrize(
    ("part", "sizes"),
    [
        pytest.param(Ask(ISSUES[:9]), Sizes(4, 100, 200), id="look-ups"),
        pytest.param(Ask(ISSUES[:9], lists=AREAS, first=40), Sizes(4, 20, 200), id="look-ups with lists"),
        pytest.param(Boards(RESTS[:9]), Sizes(4, 100, 200), id="lists of boards"),
        pytest.param(Closing(IDS[:9]), Sizes(4, 100, 200), id="issues"),
        pytest.param(Pages(Slice(), (Stretch(30), Stretch(20))), Sizes(50, 25, 200), id="items"),
        pytest.param(Details(cards("issue", 9)), Sizes(50, 100, 4), id="details"),
        pytest.param(Closing(IDS[:1]), Sizes(1, 100, 200), id="one"),
    ],
)
def test_what_was_too_heavy_halves_its_own_size(part, sizes):
    """And no other."""
    asked = Sizes()
    part.shrink(asked)

    assert asked == sizes
    assert Ask(head=True).cut(Sizes()) == [Ask(head=True)]


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
        Pages(Slice(), (Stretch(1),)),
    )

    assert [(str(request), request.part.can_halve) for request in map(composed, parts)] == [
        ("Ask of 2: 80 nodes, 1 point", True),
        ("Ask of 0: 1 nodes, 1 point", False),
        ("Ask of 0: 5 nodes, 1 point", True),
        ("Boards of 1: 200 nodes, 1 point", False),
        ("Details of 2: 0 nodes, 1 point", True),
        ("Closing of 2: 40 nodes, 1 point", True),
        ("Fields of 1: 100 nodes, 1 point", False),
        ("Pages of 1: 1 nodes, 1 point", False),
    ]


@pytest.mark.parametrize(("connections", "cost"), [(0, 1), (149, 1), (150, 2), (250, 3), (40_102, 401)])
def test_points_are_connections_by_the_hundred(connections, cost):
    """Rounded, at least one; the last row is what `gh project item-list` asks for."""
    assert points(connections) == cost
