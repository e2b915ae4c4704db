"""Tests of what areas may add: what is asked, what is judged again, and what is made of trouble."""

from dataclasses import replace
from datetime import date

import pytest

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.errors import GitHubError, InputError
from roadmap_sync.reading.conversation import Reading
from roadmap_sync.reading.parts import Pages, Sizes
from roadmap_sync.reading.snapshot import loads
from roadmap_sync.reading.snapshot_file import dumps
from tests.standin import Server, World, faults
from tests.support.makers import ADDRESS, area_query
from tests.support.readings import QUERIES, answer, finish, handed_out, question

STATUSES = ("Ideas", "Working on it", "Shipped")
TODAY = date(2026, 1, 20)
LOGGING = area_query("label:logging", None, ("Ideas", "Working on it"))


def world():
    """A board with issues, a pull request and a draft, some labelled, linked, filled in."""
    made = World()
    rocket = made.repository("acme/rocket")
    project = made.project("acme", 3, statuses=STATUSES)
    project.add_field("Docs", "TEXT")
    project.add_field("Points", "NUMBER")
    project.add_field("Due", "DATE")
    project.add_field("Team", "SINGLE_SELECT", ("Red", "Blue"))
    project.add_field("Sprint", "ITERATION", ("One", "Two", "Three"))
    project.put(rocket.issue(1, labels=("logging",)), "Working on it", values={"Docs": "https://x", "Points": 3.0})
    project.put(rocket.issue(2, labels=("logging", "bug"), assignees=("ada",)), "Ideas", values={"Points": 2.5})
    project.put(rocket.issue(3, labels=("logging",)), "Shipped")
    project.add_field("Topics", "MULTI_SELECT", ("Wings", "Fuel"))
    topics = {"Team": "Blue", "Sprint": "Two", "Topics": ("Wings", "Fuel")}
    project.put(rocket.issue(4, labels=("other",)), "Ideas", values=topics)
    project.put(rocket.pull(5, labels=("logging",), is_draft=True, closes=[rocket.numbers[1]]), "Ideas")
    project.put(rocket.issue(6, labels=("logging",)), "Ideas", archived=True)
    project.put(rocket.issue(7, labels=("logging",), parent=rocket.numbers[1], milestone="M1", type="Bug"), None)
    project.draft("A draft about logging", "Ideas", values={"Due": "2026-02-01"})
    return made


def read(asked, server, **options):
    """Read a question on a given day."""
    reading = Reading(asked, QUERIES, options.pop("sizes", None), today=TODAY)
    return finish(reading, server, **options)


def names(board, area):
    """The names of an area's candidates."""
    return [item.name if item.kind != "draft" else item.title for item in board.candidates[area]]


def asking(*areas, **more):
    """A question for some areas."""
    return question("acme/rocket#1", areas=areas, **more)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        pytest.param(LOGGING, ["acme/rocket#2", "acme/rocket#5", "acme/rocket#1"], id="label, in board order"),
        pytest.param(area_query("label:logging is:pr", None, ("Ideas",)), ["acme/rocket#5"], id="kind"),
        pytest.param(area_query("label:logging", None, ("Shipped",)), ["acme/rocket#3"], id="status"),
        pytest.param(area_query("label:nothing", None, ("Ideas",)), [], id="nothing"),
        pytest.param(area_query("-label:logging is:issue", None, ("Ideas",)), ["acme/rocket#4"], id="negated"),
        pytest.param(area_query("assignee:ada", None, ("Ideas",)), ["acme/rocket#2"], id="assignee"),
        pytest.param(area_query("team:blue", None, ("Ideas",)), ["acme/rocket#4"], id="a board's field"),
        pytest.param(area_query("topics:fuel", None, ("Ideas",)), ["acme/rocket#4"], id="several of a board's field"),
        pytest.param(area_query("points:>=2.5", None, STATUSES), ["acme/rocket#2", "acme/rocket#1"], id="number"),
        pytest.param(area_query("no:points is:issue", None, ("Ideas",)), ["acme/rocket#4"], id="an empty field"),
        pytest.param(area_query("is:draft -is:pr", None, ("Ideas",)), ["A draft about logging"], id="draft"),
        pytest.param(area_query("sort:title label:bug", None, ("Ideas",)), ["acme/rocket#2"], id="sort is dropped"),
    ],
)
@pytest.mark.parametrize("old_host", [False, True], ids=["filters", "old host"])
@pytest.mark.parametrize("whole", [False, True], ids=["asked", "whole"])
def test_candidates_match_their_area(area, expected, old_host, whole):
    """The filter, one of the statuses, not archived; from GitHub's list, from a whole board, from an old host."""
    board = read(asking(area, whole=whole), Server(world(), old_host=old_host))

    assert names(board, area) == expected


def test_candidates_come_with_their_facts():
    """What additions need to know: labels, people, links, fields by slug."""
    area = area_query("is:issue,pr,draft", None, STATUSES)
    made = world()
    made.repository("acme/rocket").issue(2).duplicate_of = made.repository("acme/rocket").issue(1)
    made.repository("acme/rocket").pull(5).reviewers = ("ada",)

    board = read(asking(area, fields=("Docs", "points", "Due"), whole=True), Server(made))

    found = {item.name if item.number else item.title: item.facts for item in board.candidates[area]}
    assert found["acme/rocket#1"].closed_by == ("acme/rocket#5",)
    assert found["acme/rocket#1"].fields == {
        "docs": FieldValue("text", ("https://x",)),
        "points": FieldValue("number", ("3",)),
    }
    assert found["acme/rocket#2"].labels == ("logging", "bug")
    assert found["acme/rocket#2"].assignees == ("ada",)
    assert found["acme/rocket#2"].duplicate_of == "acme/rocket#1"
    assert found["acme/rocket#2"].fields == {"points": FieldValue("number", ("2.5",))}
    assert (found["acme/rocket#5"].is_draft, found["acme/rocket#5"].closes) == (True, ("acme/rocket#1",))
    assert found["A draft about logging"].fields == {"due": FieldValue("date", ("2026-02-01",))}
    assert found["A draft about logging"].created_at
    assert board.answers["acme/rocket#1"].facts == Facts(fields=found["acme/rocket#1"].fields)


def test_issue_facts():
    """Milestone, type and parent of an issue; a question's fields of what was only looked up."""
    made = world()
    project = made.project("acme", 3)
    project.cards[6].status = "Ideas"
    area = area_query("milestone:M1", None, ("Ideas",))

    board = read(asking(area, fields=("Docs",)), Server(made))

    facts = board.candidates[area][0].facts
    assert (facts.milestone, facts.issue_type, facts.parent) == ("M1", "Bug", "acme/rocket#1")
    assert board.answers["acme/rocket#1"].facts == Facts(fields={"docs": FieldValue("text", ("https://x",))})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sprint:@current", ["acme/rocket#4"]),
        ("sprint:Two", ["acme/rocket#4"]),
        ("sprint:@next", []),
    ],
)
def test_iterations_are_judged_by_the_day(text, expected):
    """The second of three sprints runs today; ended ones count among them. An old host plays no keywords."""
    area = area_query(text, None, ("Ideas",))

    assert names(read(asking(area), Server(world(), old_host=True)), area) == expected


def test_views_and_the_boards_own_filter_limit_what_is_added():
    """A view's filter, the board URL's view and its query, all of them."""
    made = world()
    made.project("acme", 3).add_view(14, "label:logging")
    made.project("acme", 3).add_view(2, "is:issue")
    by_view = area_query("", 14, ("Ideas",))
    plain = area_query("label:logging", None, ("Ideas",))

    assert names(read(asking(by_view), Server(made)), by_view) == ["acme/rocket#2", "acme/rocket#5"]
    viewed = asking(plain, by_view, address=replace(ADDRESS, view=2))
    assert names(read(viewed, Server(made)), plain) == ["acme/rocket#2"]
    assert names(read(viewed, Server(made)), by_view) == ["acme/rocket#2"]
    queried = asking(by_view, address=replace(ADDRESS, query="is:pr"))
    assert names(read(queried, Server(made)), by_view) == ["acme/rocket#5"]


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        pytest.param(asking(area_query("", 99, ("Ideas",))), "the board has no view 99", id="view"),
        pytest.param(asking(area_query("lable:x", None, ("Ideas",))), '"lable" is neither a qualifier', id="qualifier"),
        pytest.param(asking(LOGGING, address=replace(ADDRESS, query='label:"x')), "a quote that is", id="board URL"),
        pytest.param(asking(area_query("points:many", None, ("Ideas",))), "", id="value"),
        pytest.param(asking(fields=("Dogs",)), 'the board has no field "Dogs"', id="field"),
    ],
)
def test_what_cannot_be_judged_is_an_error(asked, what):
    """Never a filter that filters nothing."""
    with pytest.raises(InputError) as caught:
        read(asked, Server(world()))

    assert what in caught.value.what


def two_large_areas(each):
    """A board of which two of eight areas match so many items each, and the question of a page with 60 references."""
    made = World()
    rocket = made.repository("acme/rocket")
    project = made.project("acme", 3, statuses=STATUSES)
    for number in range(1, 2 * each + 1):
        project.put(rocket.issue(number, labels=("a",) if number % 2 else ("b",)), "Ideas")
    for number in range(2 * each + 1, 900):
        project.put(rocket.issue(number, labels=("c",)), "Shipped")
    areas = tuple(area_query(f"label:{label}", None, ("Ideas",)) for label in "abcdefgh")
    return made, question(*(f"acme/rocket#{number}" for number in range(1, 61)), areas=areas)


def rounds(reading, server):
    """Read until the board is known, all that is pending side by side; return what was asked, round by round."""
    asked = []
    while not reading.is_finished:
        waiting = []
        while request := reading.next():
            waiting.append(request)
        for request in waiting:
            reading.take(request, answer(server, request))
        asked.append([type(request.part).__name__ for request in waiting])
    return asked


def test_two_rounds_and_few_requests():
    """Sixty references and eight areas of which two match 350 items between them: six requests, two in depth."""
    made, asked = two_large_areas(175)
    server = Server(made)
    reading = Reading(asked, QUERIES, today=TODAY)

    assert rounds(reading, server) == [["Ask"] * 2, ["Details"] * 4]
    assert [len(names(reading.board(), area)) for area in asked.areas] == [175, 175, 0, 0, 0, 0, 0, 0]
    assert server.points <= 20


@pytest.mark.slow
def test_long_lists_are_read_from_both_ends():
    """Of 350 items the first and the last 100 come with the board, and what is between them in one document.

    Details are asked as soon as they fill a document: eight requests, three in depth.
    """
    made, asked = two_large_areas(350)
    reading = Reading(asked, QUERIES, today=TODAY)

    assert rounds(reading, Server(made)) == [["Ask"] * 2, ["Pages"] * 2 + ["Details"] * 2, ["Details"] * 2]
    found = [names(reading.board(), area) for area in asked.areas[:2]]
    assert found == [[f"acme/rocket#{number}" for number in range(first, 701, 2)] for first in (1, 2)]


@pytest.mark.slow
def test_what_is_between_two_ends_is_asked_shorter():
    """A document for two pages that is too heavy is asked as two, each of them shorter."""
    made, asked = two_large_areas(350)
    reading = Reading(asked, QUERIES, today=TODAY)
    for head in (reading.next(), reading.next()):
        reading.take(head, answer(Server(made), head))

    ends = reading.next()
    assert (str(ends), ends.part.can_halve) == ("Pages of 150: 150 nodes, 1 point", True)
    reading.halve(ends)

    waiting = handed_out(reading)
    assert [request.part.size for request in waiting if isinstance(request.part, Pages)] == [75, 50, 75, 50]
    assert finish(reading, Server(made), waiting=waiting) == read(asked, Server(made))


def test_details_are_asked_shorter():
    """What is too heavy is halved, down to one item, and so is all that comes after it."""
    sizes = Sizes()
    reading = Reading(asking(LOGGING), QUERIES, sizes, today=TODAY)
    server = Server(world())
    head = reading.next()
    reading.take(head, answer(server, head))

    reading.halve(reading.next())

    assert (sizes.items, sizes.details) == (100, 1)
    waiting = handed_out(reading)
    assert [request.part.size for request in waiting] == [1, 1, 1]
    assert finish(reading, server, waiting=waiting) == read(asking(LOGGING), Server(world()))


@pytest.mark.slow
def test_what_changes_between_two_ends_is_read_again():
    """An item that comes while the list is read makes it begin anew."""
    made, asked = two_large_areas(350)
    server = Server(made)
    reading = Reading(asked, QUERIES, today=TODAY)
    for head in (reading.next(), reading.next()):
        reading.take(head, answer(server, head))
    made.project("acme", 3).put(made.repository("acme/rocket").issue(1000, labels=("a",)), "Ideas")

    board = finish(reading, server)

    assert board.candidates == read(asked, Server(made)).candidates
    assert len(names(board, asked.areas[0])) == 351


@pytest.mark.parametrize("size", [1, 3, 100])
def test_any_page_size_gives_the_same_candidates(size):
    """Lists of 1 or 100."""
    asked = asking(LOGGING, area_query("is:draft", None, ("Ideas",)))

    assert read(asked, Server(world()), sizes=Sizes(50, size)) == read(asked, Server(world()))


ITEMS = "ProjectV2.items"


@pytest.mark.parametrize("often", [1, 9])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.null_node(ITEMS), id="null"),
        pytest.param(faults.missing_row(ITEMS), id="shortfall"),
        pytest.param(faults.drifting_total(ITEMS, 100), id="drift"),
        pytest.param(faults.failing("ProjectV2Item.type", "INTERNAL", at=0), id="an error"),
    ],
)
def test_lists_that_do_not_add_up(fault, often):
    """Read again, twice at most; then the run ends with the figures."""
    fault = replace(fault, touches=tuple(replace(touch, at=1) for touch in fault.touches)) if often == 1 else fault
    server = Server(world(), [fault.times(often)])
    if often == 1:
        assert read(asking(LOGGING), server) == read(asking(LOGGING), Server(world()))
        return

    with pytest.raises(GitHubError):
        read(asking(LOGGING), server)


def is_details(request):
    """Whether a request asks for details."""
    return request.document.startswith("query Details")


UNTOLD = "this host does not tell the issue type that a filter asks for, so nothing is added there"
NOTE = "labels, links or fields of {} could not be read; they are left out"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.forbidden("Issue.labels", only=lambda i: i.number == 2), id="labels"),
        pytest.param(faults.failing("Issue.parent", "INTERNAL", only=lambda i: i.number == 2), id="parent"),
        pytest.param(faults.missing_row("Issue.labels", only=lambda i: i.number == 2), id="cut"),
        pytest.param(faults.quietly_null("Issue.createdAt", only=lambda i: i.number == 2), id="null"),
        pytest.param(
            faults.unknown_type("ProjectV2Item.fieldValueByName", only=lambda c: c.number == 2).matching(is_details),
            id="a field's kind",
        ),
    ],
)
def test_details_that_failed_are_no_facts(fault):
    """That item is not offered; a folded note says so, and the rest stands."""
    asked = asking(LOGGING, fields=("Points",))

    board = read(asked, Server(world(), [fault.always()]))

    assert names(board, LOGGING) == ["acme/rocket#5", "acme/rocket#1"]
    assert board.notes == (NOTE.format("1 item of the board"),)


def test_people_that_failed_are_no_facts():
    """Nobody is not the same as nothing."""
    area = area_query("-assignee:ada is:issue", None, ("Ideas",))
    fault = faults.quietly_null("Issue.assignees", only=lambda i: i.number == 4)

    board = read(asking(area), Server(world(), [fault.always()]))

    assert (names(board, area), board.notes) == ([], (NOTE.format("1 item of the board"),))


@pytest.mark.parametrize(
    ("area", "labels", "assignees"),
    [
        pytest.param(area_query("is:issue", None, ("Ideas",)), (), (), id="none"),
        pytest.param(LOGGING, ("logging", "bug"), (), id="labels"),
        pytest.param(area_query("assignee:ada", None, ("Ideas",)), (), ("ada",), id="people"),
        pytest.param(area_query("", 14, ("Ideas",)), ("logging", "bug"), ("ada",), id="a view"),
    ],
)
def test_only_lists_that_a_filter_names_are_read(area, labels, assignees):
    """Each is a connection more for every item; a snapshot holds all, and tells as much as GitHub would."""
    made = world()
    made.project("acme", 3).add_view(14, "is:issue")

    board = read(asking(area), Server(made))
    snapshot = loads(dumps(read(asking(area, whole=True), Server(made)), allow_private=True), "board.json")

    facts = board.candidates[area][0].facts
    assert (facts.labels, facts.assignees) == (labels, assignees)
    assert snapshot.answer(asking(area), TODAY).candidates == board.candidates
    whole = snapshot.answer(asking(area, whole=True), TODAY).candidates[area][0].facts
    assert (whole.labels, whole.assignees) == (("logging", "bug"), ("ada",))


def test_a_field_that_answers_with_another_type():
    """A number that is a word is no number."""
    fault = faults.unknown_word("ProjectV2ItemFieldNumberValue.number", "many")

    board = read(asking(LOGGING, fields=("Points",)), Server(world(), [fault.always()]))

    assert names(board, LOGGING) == ["acme/rocket#5"]


@pytest.mark.parametrize("count", [1, 100, 101, 401])
@pytest.mark.parametrize("kind", ["issue", "draft"])
def test_fields_of_however_many_looked_up_items(count, kind):
    """A document takes 100 ids in one list, and a reading asks for several such lists: no field is lost."""
    made = World()
    rocket, project = made.repository("acme/rocket"), made.project("acme", 3, statuses=STATUSES)
    project.add_field("Docs", "TEXT")
    for number in range(1, count + 1):
        values = {"Docs": f"https://{number}"}
        if kind == "issue":
            project.put(rocket.issue(number), "Ideas", values=values)
        else:
            project.draft(f"Draft {number}", "Ideas", values=values)
    names = [f"acme/rocket#{n}" if kind == "issue" else card.id for n, card in enumerate(project.cards, 1)]

    board = read(question(*names, fields=("Docs",)), Server(made))

    told = [item.facts.fields["docs"].values[0] for item in board.answers.values()]
    assert told == [f"https://{number}" for number in range(1, count + 1)]
    assert board.notes == ()


def test_details_that_cannot_be_had_at_all():
    """No area adds anything; looked-up items are as they were."""
    server = Server(world(), [faults.extra_error().matching(is_details).always()])

    board = read(asking(LOGGING), server)

    assert names(board, LOGGING) == []
    assert board.notes == (NOTE.format("3 items of the board"),)


def test_hosts_that_know_less_do_without():
    """Details and evidence that a host does not know are dropped; a board that it does not know ends the run."""
    made = world()
    server = Server(made, [faults.forbidden("Issue.closedByPullRequestsReferences").on(1)])
    asked = asking(LOGGING, evidence=frozenset({"acme/rocket#1"}))
    reading = Reading(asked, QUERIES, today=TODAY)
    head = reading.next()
    reading.take(head, answer(server, head))
    refused = []
    while not reading.is_finished:
        request = reading.next()
        refused.append(reading.refuse(request))

    board = reading.board()
    assert all(refused)
    assert names(board, LOGGING) == []
    assert board.answers["acme/rocket#1"].closing is None
    assert len(board.notes) == 2


@pytest.mark.parametrize(
    ("text", "found", "notes"),
    [
        pytest.param("milestone:M1", ["acme/rocket#7"], (), id="another fact"),
        pytest.param("type:bug", [], (UNTOLD,), id="the fact"),
        pytest.param("-type:bug is:issue", [], (UNTOLD,), id="the fact negated"),
    ],
)
def test_a_host_without_types_of_issues(text, found, notes):
    """It is asked for all else; an area whose filter names a type gets nothing, and a note says why."""
    made = world()
    made.project("acme", 3).cards[6].status = "Ideas"
    area = area_query(text, None, ("Ideas",))

    board = read(asking(area), Server(made, host="3.16"))

    assert (names(board, area), board.notes) == (found, notes)


def test_a_host_that_cannot_filter_is_scanned():
    """It says so of the first document, which is asked again without lists."""
    reading = Reading(asking(LOGGING), QUERIES, today=TODAY)
    server = Server(world(), old_host=True)

    board = finish(reading, server)

    assert names(board, LOGGING) == ["acme/rocket#2", "acme/rocket#5", "acme/rocket#1"]
    assert reading.why.startswith("a scan: this host cannot filter")


def test_what_a_reading_cannot_do_without():
    """A host that does not know the board itself."""
    reading = Reading(question("acme/rocket#1"), QUERIES)

    assert reading.refuse(reading.next()) is False


def test_heavy_lists_are_asked_shorter():
    """The first pages come with the board, and are halved with it."""
    sizes = Sizes()
    reading = Reading(asking(LOGGING), QUERIES, sizes, today=TODAY)

    head = reading.next()
    assert head.part.can_halve
    reading.halve(head)

    assert sizes.items == 50
    waiting = handed_out(reading)
    assert waiting[0].part.first == 50
    assert finish(reading, Server(world()), waiting=waiting) == read(asking(LOGGING), Server(world()))


def test_fields_that_did_not_all_come():
    """Not to know a field is not to judge by it."""
    fault = faults.drifting_total("ProjectV2.fields")

    assert read(asking(LOGGING), Server(world(), [fault])) == read(asking(LOGGING), Server(world()))
    with pytest.raises(GitHubError, match="did not tell all of the board's fields"):
        read(asking(LOGGING), Server(world(), [fault.always()]))
