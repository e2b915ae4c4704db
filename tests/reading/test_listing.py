"""Tests of reading a whole board: by column and in series, whether it adds up, and when a scan is chosen."""

import json
from dataclasses import replace

import pytest

from roadmap_sync.board.model import Unread
from roadmap_sync.errors import GitHubError
from roadmap_sync.reading.answers import Fault
from roadmap_sync.reading.conversation import Reading
from roadmap_sync.reading.parts import Sizes
from tests.standin import Server, World, faults
from tests.support.readings import QUERIES, answer, drive, finish, handed_out, question

STATUSES = ("Ideas", 'So "called"', "Working, on it", "Shipped")
BY_COLUMN = [STATUSES[0], *[STATUSES[3]] * 5, STATUSES[2], None]
WHOLE = question(whole=True)


def world(count=0, statuses=STATUSES, columns=BY_COLUMN):
    """A board with so many issues, most of them in one column, some without a Status."""
    made = World()
    project = made.project("acme", 3, statuses=statuses)
    project.fill(made.repository("acme/rocket"), count, lambda number: columns[number % len(columns)])
    return made


def project(made):
    """The board of the world above."""
    return made.project("acme", 3)


def expected(made):
    """The names of the board's items in board order: by column, from top to bottom, no Status last."""
    return [f"acme/rocket#{card.content.number}" for card in sorted_cards(made)]


def names(board):
    """The names of a board's items."""
    return [item.name for item in board.items]


def queries_of(server):
    """The filters that were asked, in order, without repetition; None for the whole board."""
    asked = [request.variables.get("query") for request in server.log if "items(" in request.document]
    return list(dict.fromkeys(asked[1:] if "first: 1)" in server.log[0].document else asked))


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_a_small_board_is_read_in_series(count):
    """Page after page, all items in board order."""
    made = world(count)
    server = Server(made)

    board = drive(WHOLE, server)

    assert names(board) == expected(made)
    assert len(server.log) == 1 + -(-count // 100)
    assert board.total == count


@pytest.mark.slow
@pytest.mark.parametrize("count", [601, 1000, 1733])
def test_a_large_board_is_read_by_column(count):
    """Side by side, each column from both ends; the sum is the whole."""
    made = world(count)
    server = Server(made)

    board = drive(WHOLE, server)

    assert names(board) == expected(made)
    assert queries_of(server) == [
        'status:"Ideas"',
        "status:'So \"called\"'",
        'status:"Working, on it"',
        'status:"Shipped"',
        "no:status",
        None,
    ]


@pytest.mark.slow
def test_no_column_is_read_deeper_than_half():
    """Pages from the end halve the way to the middle, and no item is asked for twice."""
    made = world(1600, ("Only",), ["Only"])
    server = Server(made)
    reading = Reading(WHOLE, QUERIES)
    depth, waiting = 0, []

    while not reading.is_finished:
        while request := reading.next():
            waiting.append(request)
        for request, said in [(request, answer(server, request)) for request in waiting]:
            reading.take(request, said)
        waiting, depth = [], depth + 1

    assert depth == 1 + 1 + 8
    assert len(server.log) == 1 + 2 + 16
    assert names(reading.board()) == expected(made)


@pytest.mark.slow
@pytest.mark.parametrize("pick", [lambda w: 0, lambda w: -1, lambda w: len(w) // 2])
def test_any_order_of_answers_gives_the_same_board(pick):
    """Whichever answer comes first."""
    made = world(1000)

    assert names(drive(WHOLE, Server(made), pick=pick)) == expected(made)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_page_size_gives_the_same_board(size):
    """Pages of 1 or 100."""
    made = world(60)

    assert drive(WHOLE, Server(made), sizes=Sizes(50, size)) == drive(WHOLE, Server(made))


def test_old_hosts_are_read_in_series():
    """They know no filter, and are never sent one; they give archived items unasked."""
    made = world(450)
    project(made).put(made.repository("acme/rocket").issue(1000), "Shipped", archived=True)
    server = Server(made, old_host=True)

    board = drive(WHOLE, server)

    assert names(board) == expected(made)
    assert queries_of(server) == [None]


@pytest.mark.slow
@pytest.mark.parametrize("schema", [None, {"fields": [{"name": "title"}]}])
def test_hosts_that_do_not_tell_their_schema_are_read_in_series(schema):
    """Nothing is known of their arguments, so none is used."""
    made = world(700)
    server = Server(made)

    def spoil(request, said):
        if "__type" in said.data:
            said.data["__type"] = schema
        return said

    assert names(drive(WHOLE, server, spoil=spoil)) == expected(made)
    assert queries_of(server) == [None]


def test_an_error_at_a_pages_own_facts():
    """A fault that is no item's spoils no item."""

    def spoil(request, said):
        path = ("repositoryOwner", "projectV2", "items", "pageInfo", "startCursor")
        return replace(said, faults=(Fault("INTERNAL", path, "oh"),)) if is_page_of(request) else said

    def is_page_of(request):
        return request.text.startswith("query Page")

    assert names(drive(WHOLE, Server(world(3)), spoil=spoil)) == expected(world(3))


@pytest.mark.parametrize("count", [5, 600])
def test_archived_items_are_read_where_the_host_knows_how(count):
    """They are on the board, and in no page's way."""
    made = world(count)
    project(made).put(made.repository("acme/rocket").issue(1000), "Shipped", archived=True)

    board = drive(WHOLE, Server(made))

    assert names(board) == expected(made)
    assert [item.name for item in board.items if item.placement.archived] == ["acme/rocket#1000"]
    assert board.total == count


@pytest.mark.parametrize("statuses", [("Ideas", "Both ' and \""), ("Ideas", "Shipped")])
def test_a_column_that_no_filter_can_name_is_read_in_series(statuses):
    """A name with both quotes, or a field whose name is no plain word."""
    made = world(700, statuses, statuses)
    if statuses[1] == "Shipped":
        project(made).status.name = "Status: now"
    server = Server(made)

    board = drive(replace(WHOLE, status_field=project(made).status.name), server)

    assert names(board) == expected(made)
    assert queries_of(server) == [None]


def test_a_status_field_of_several_words():
    """Its qualifier is its name in lower case with hyphens."""
    made = world(700)
    project(made).status.name = "Work Phase"
    server = Server(made)

    assert names(drive(replace(WHOLE, status_field="Work Phase"), server)) == expected(made)
    assert queries_of(server)[0] == 'work-phase:"Ideas"'


@pytest.mark.slow
def test_a_host_that_passes_over_the_filter():
    """Items of another Status in a column: the board is read in series in the end."""
    made = world(700)

    board = drive(WHOLE, Deaf(Server(made)))

    assert names(board) == expected(made)


class Deaf:
    """A server that does not hear filters, as GitHub passes over qualifiers that it does not know."""

    def __init__(self, server):
        self._server = server

    def handle(self, body, headers):
        """Answer as if there were no filter."""
        asked = json.loads(body)
        if "query" in asked["variables"]:
            asked["variables"]["query"] = ""
        return self._server.handle(json.dumps(asked).encode(), headers)


ITEMS = "ProjectV2.items"


def is_page(request):
    """Whether a request is one of a scan's."""
    return request.document.startswith("query Page")


@pytest.mark.slow
@pytest.mark.parametrize("count", [25, 90], ids=["in series", "by column"])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.null_node(ITEMS), id="a null item"),
        pytest.param(faults.forbidden_node(ITEMS), id="a refused item"),
        pytest.param(faults.missing_row(ITEMS), id="a shortfall"),
        pytest.param(faults.doubled_row(ITEMS), id="an item twice"),
        pytest.param(faults.drifting_total(ITEMS), id="a total that drifts"),
        pytest.param(faults.ends_early(ITEMS), id="an early end"),
        pytest.param(faults.stuck_cursor(ITEMS), id="no cursor"),
        pytest.param(faults.stuck_cursor(ITEMS, ""), id="an empty cursor"),
        pytest.param(faults.failing(ITEMS, "INTERNAL"), id="an error"),
        pytest.param(faults.failing("ProjectV2Item.fieldValueByName", "INTERNAL", at=0), id="an error at a Status"),
        pytest.param(faults.failing("ProjectV2Item.content", "INTERNAL", at=0), id="an error at a content"),
        pytest.param(faults.quietly_null("*.projectV2"), id="no project"),
        pytest.param(faults.quietly_null("ProjectV2ItemConnection.pageInfo"), id="no page info"),
    ],
)
def test_what_does_not_add_up_is_read_again(fault, count):
    """Once: the board is right. Always: the run ends with the figures; nothing is ever short."""
    made = world(count)

    assert names(drive(WHOLE, Server(made, [fault.matching(is_page)]), sizes=Sizes(50, 10))) == expected(made)
    with pytest.raises(GitHubError, match="the board's items did not add up in 3 readings: ") as caught:
        drive(WHOLE, Server(made, [fault.matching(is_page).always()]), sizes=Sizes(50, 10))
    assert caught.value.hint.startswith("Somebody may be working on the board")


def test_the_figures_are_said():
    """What it says, what came."""
    made = world(250)

    with pytest.raises(GitHubError, match="it says 250 items, and 247 came"):
        drive(WHOLE, Server(made, [faults.missing_row(ITEMS).matching(is_page).always()]))


def test_a_cursor_that_repeats_does_not_loop():
    """The same page for ever is trouble, not a board."""
    made = world(250)

    with pytest.raises(GitHubError, match="has no cursor to go on from"):
        drive(WHOLE, Server(made, [faults.stuck_cursor(ITEMS, "repeated").matching(is_page).always()]))


def test_more_pages_than_the_count_says():
    """A count that is reached while there is more is trouble."""
    made = world(150)
    fault = faults.drifting_total(ITEMS, by=-50).matching(is_page)

    with pytest.raises(GitHubError, match="it says 100 items and has more"):
        drive(WHOLE, Server(made, [fault.always()]))


@pytest.mark.parametrize("count", [25, 90], ids=["in series", "by column"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p.remove(p.cards[0]), id="removed"),
        pytest.param(lambda p: p.move(p.cards[-1], 0), id="moved to the top"),
        pytest.param(lambda p: setattr(p.cards[7], "status", "Ideas"), id="another Status"),
        pytest.param(lambda p: p.draft("New", "Ideas", position=0), id="added"),
    ],
)
@pytest.mark.parametrize("when", [2, 3, 4, 5, 8])
def test_people_working_on_the_board(change, count, when):
    """Between any two pages: the items are those of some moment of the run, each once."""
    made = world(count)
    before = set(expected_ids(made))
    server = Server(made, [faults.world_changes(lambda w: change(project(w))).on(when)])

    items = {item.placement.item_id for item in drive(WHOLE, server, sizes=Sizes(50, 10)).items}

    assert items in (before, set(expected_ids(made)))


def test_an_option_that_goes_away_hides_its_items():
    """Their Status is set, to what no longer comes: they are not of any column, and not without one."""
    made = world(90)
    kept = {name for name, card in zip(expected(made), sorted_cards(made), strict=True) if card.status != "Shipped"}
    server = Server(made, [faults.world_changes(lambda w: project(w).status.offer(*STATUSES[:3])).on(4)])

    assert set(names(drive(WHOLE, server, sizes=Sizes(50, 10)))) == kept


def sorted_cards(made):
    """The board's cards in board order."""
    columns = {option.name: index for index, option in enumerate(project(made).status.options)}
    return sorted(project(made).cards, key=lambda card: columns.get(card.status, 99))


def expected_ids(made):
    """The ids of the board's items."""
    return [card.id for card in project(made).cards]


def is_secret(number):
    """Tell the cards of one issue of the secret repository."""
    return lambda card: (card.content.repository.name, card.content.number) == ("secret", number)


def test_hidden_items_are_left_out():
    """Redacted ones and those whose content is refused: counted, not shown, and nothing crashes."""
    made = world(3)
    secret = made.repository("acme/secret")
    project(made).put(secret.issue(1), "Ideas", redacted=True)
    project(made).put(secret.issue(2), "Ideas")
    project(made).put(secret.issue(3), "Ideas")
    server = Server(
        made,
        [
            faults.forbidden("ProjectV2Item.content", only=is_secret(2)).always(),
            faults.unknown_type("ProjectV2Item.content", only=is_secret(3)).always(),
        ],
    )

    board = drive(WHOLE, server)

    assert names(board) == names(drive(WHOLE, Server(world(3))))
    assert board.total == 6


def test_a_hidden_item_that_a_look_up_tells_is_in_its_place():
    """What a page names is asked for all the same, and is on the board where its card is."""
    made = world(3)
    project(made).put(made.repository("acme/secret").issue(1), "Ideas")
    server = Server(made, [faults.forbidden("ProjectV2Item.content", only=is_secret(1)).always()])

    board = drive(replace(question("acme/secret#1"), whole=True), server)

    assert names(board) == ["acme/secret#1", *names(drive(WHOLE, Server(world(3))))]


def test_off_board_references_are_looked_up_after_a_scan():
    """What the scan holds is not asked again; the rest is, with its evidence."""
    made = world(5)
    made.repository("acme/rocket").issue(77, "Off")
    asked = question("acme/rocket#1", "ACME/rocket#2", "acme/rocket#77", "acme/rocket#99")
    server = Server(made)

    board = drive(replace(asked, whole=True), server)

    assert board.answers == drive(asked, Server(made)).answers
    assert board.answers["acme/rocket#77"].placement is None
    assert isinstance(board.answers["acme/rocket#99"], Unread)
    assert [request.document.count("issueOrPullRequest") for request in server.log] == [0, 0, 2]


def test_pages_that_were_too_heavy_are_asked_shorter():
    """From the same place; later ones too, and the board is the same."""
    made = world(900)
    sizes = Sizes()
    server = Server(made)
    reading = Reading(WHOLE, QUERIES, sizes)
    head = reading.next()
    reading.take(head, answer(server, head))

    reading.halve(reading.next())
    reading.halve(reading.next())

    assert sizes.items == 25
    waiting = handed_out(reading)
    assert {request.part.size for request in waiting} == {25, 1}
    assert names(finish(reading, server, waiting=waiting)) == expected(made)


def test_pages_of_a_reading_that_was_given_up_are_forgotten():
    """Answers and halves of an earlier attempt change nothing."""
    made = world(900)
    server = Server(made, [faults.null_node(ITEMS).matching(is_page)])
    reading = Reading(WHOLE, QUERIES)
    head = reading.next()
    reading.take(head, answer(server, head))
    first, late, heavy = reading.next(), reading.next(), reading.next()

    reading.take(first, answer(server, first))
    reading.take(late, answer(server, late))
    reading.halve(heavy)

    assert names(finish(reading, server)) == expected(made)


# The choice ----------------------------------------------------------------------------------------------


def asked_of(made, count):
    """A question for so many issues of the rocket."""
    for number in range(1, count + 1):
        made.repository("acme/rocket").issue(number)
    return question(*(f"acme/rocket#{number}" for number in range(1, count + 1)))


@pytest.mark.slow
def test_a_long_page_and_a_short_board_are_scanned():
    """Four hundred look-ups cost eight requests, a board of 400 items four."""
    made = world(400)
    asked = asked_of(made, 400)
    server = Server(made)

    board = drive(asked, server)

    assert board.answers == drive(asked, Server(made), sizes=Sizes(100, 1)).answers
    assert board.items is None
    assert len(server.log) < 8


@pytest.mark.slow
def test_a_long_page_and_a_long_board_are_asked():
    """A scan of 3,000 items would take more requests than 400 look-ups."""
    made = world(3000)
    server = Server(made)
    reading = Reading(asked_of(made, 400), QUERIES)

    board = finish(reading, server)

    assert len(server.log) == 8
    assert reading.why == "look-ups, 7 requests: a scan would take 36"
    assert len(board.answers) == 400


def test_a_page_of_things_off_the_board_is_asked():
    """A scan would leave as many to look up; the first fifty tell."""
    made = world(1)
    reading = Reading(asked_of(made, 400), QUERIES)

    finish(reading, Server(made))

    assert reading.why == "look-ups, 7 requests: a scan would take 8"


def test_no_choice_is_made_before_something_is_known():
    """Trouble at the first look-ups is settled first."""
    made = world(300)
    server = Server(made, [faults.failing("Issue.projectItems", "INTERNAL")])
    reading = Reading(asked_of(made, 300), QUERIES)

    board = finish(reading, server)

    assert reading.why.startswith("a scan, about 3 requests: look-ups would take 5")
    assert board.answers == drive(asked_of(made, 300), Server(made)).answers
