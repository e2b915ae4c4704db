"""Tests of how a question becomes a board: what is asked, what is made of the answers, what ends a reading."""

from dataclasses import replace

import pytest

from roadmap_sync.board.model import ClosingPull, Item, Placement, Unread
from roadmap_sync.errors import BugError, GitHubError, InputError
from roadmap_sync.reading.answers import Fault
from roadmap_sync.reading.conversation import Reading
from roadmap_sync.reading.parts import Sizes
from tests.standin import Server, World, faults
from tests.support.makers import ADDRESS
from tests.support.readings import QUERIES, address_of, answer, drive, finish, handed_out, question, read

STATUSES = ("Ideas", "Working on it", "Shipped")


def world(**board):
    """A board of acme with a shipped, an open and an empty item, an item off it, and a draft."""
    made = World()
    rocket = made.repository("acme/rocket")
    project = made.project("acme", 3, statuses=STATUSES, **board)
    project.put(rocket.issue(1, "Fly", state="CLOSED", reason="COMPLETED"), "Shipped")
    project.put(rocket.issue(2, "Land"), "Ideas")
    project.put(rocket.pull(3, "Fuel", state="MERGED"))
    rocket.issue(4, "Rest", state="CLOSED", reason="NOT_PLANNED")
    project.draft("Dream", "Ideas")
    return made


def rocket(made):
    """The repository of the world above."""
    return made.repository("acme/rocket")


def project(made):
    """The board of the world above."""
    return made.project("acme", 3)


def draft_id(made):
    """The id of the draft of the world above."""
    return project(made).cards[3].id


NAMES = ("acme/rocket#1", "acme/rocket#2", "acme/rocket#3", "acme/rocket#4")


def test_one_document_answers_a_page():
    """The board, its Status options and every reference come with one request; the items are GitHub's facts."""
    made = world()
    server = Server(made)

    board = drive(question(*NAMES, draft_id(made), repositories=("ACME/Rocket",)), server)

    assert len(server.log) == 1
    assert (board.url, board.title, board.public) == (ADDRESS.url, "Board 3", True)
    assert (board.status_field, board.options, board.total) == ("Status", STATUSES, 4)
    assert (board.visibility, board.items, board.notes) == ({"acme/rocket": "PUBLIC"}, None, ())
    fly, land, fuel, rest, dream = board.answers.values()
    assert (fly.kind, fly.name, fly.title) == ("issue", "acme/rocket#1", "Fly")
    assert (fly.state, fly.state_reason, fly.url) == ("CLOSED", "COMPLETED", "https://github.com/acme/rocket/issues/1")
    assert fly.closed_at.startswith("20")
    assert fly.placement == Placement(project(made).cards[0].id, "Shipped")
    assert (land.state, land.placement.status, land.default_branch) == ("OPEN", "Ideas", None)
    assert (fuel.kind, fuel.state, fuel.placement.status) == ("pull_request", "MERGED", None)
    assert (fuel.base, fuel.default_branch, bool(fuel.merged_at)) == ("main", "main", True)
    assert (rest.placement, rest.state_reason) == (None, "NOT_PLANNED")
    assert (dream.kind, dream.id, dream.title) == ("draft", draft_id(made), "Dream")
    assert (dream.placement.status, dream.is_private, dream.url) == ("Ideas", False, "")


def test_a_reading_can_be_printed():
    """Before anything is sent it can be said what will be, at which cost."""
    reading = Reading(question(*(f"acme/rocket#{n}" for n in range(1, 61))), QUERIES)

    assert [str(request) for request in handed_out(reading)] == [
        "Ask of 50: 2,001 nodes, 1 point",
        "Ask of 10: 400 nodes, 1 point",
    ]
    with pytest.raises(BugError):
        reading.board()


def test_many_references_go_out_side_by_side():
    """Sixty references are two documents, both sent before any answer."""
    made = world()
    for number in range(5, 61):
        rocket(made).issue(number)
    server = Server(made)
    reading = Reading(question(*(f"acme/rocket#{n}" for n in range(1, 61))), QUERIES)

    first, second, third = reading.next(), reading.next(), reading.next()
    reading.take(second, answer(server, second))
    reading.take(first, answer(server, first))

    assert third is None
    assert reading.is_finished
    assert list(reading.board().answers) == [f"acme/rocket#{n}" for n in range(1, 61)]
    assert (reading.items_read, reading.items_total) == (3, 4)


def test_user_boards_and_other_case():
    """A person's board, a reference in another case: one item, spelled as GitHub does."""
    made = World()
    board = made.project("ada", 1, is_user=True)
    board.put(made.repository("ada/Engine").issue(7), "Todo")

    read_board = read(question("Ada/ENGINE#7", address=address_of(board)), made)

    assert read_board.answers["ada/engine#7"].name == "ada/Engine#7"


def test_renamed_repositories_are_one_item():
    """Both the old and the new name lead to the same id, and to the new spelling."""
    made = world()
    rocket(made).rename("acme/Saturn")

    board = read(question("acme/rocket#1", "acme/saturn#1"), made)

    old, new = board.answers.values()
    assert old == new
    assert old.name == "acme/Saturn#1"


def test_a_transferred_issue_is_not_found_under_its_old_number():
    """GitHub's look-up by the old number fails; nothing is guessed."""
    made = world()
    rocket(made).transfer(1, made.repository("acme/moon"), 9)

    board = read(question("acme/rocket#1", "acme/moon#9"), made)

    assert isinstance(board.answers["acme/rocket#1"], Unread)
    assert board.answers["acme/moon#9"].placement.status == "Shipped"


def test_archived_items_are_on_the_board():
    """Their Status counts."""
    made = world()
    project(made).put(rocket(made).issue(8), "Shipped", archived=True)

    board = read(question("acme/rocket#8"), made)

    assert board.answers["acme/rocket#8"].placement.archived
    assert board.answers["acme/rocket#8"].placement.status == "Shipped"


@pytest.mark.parametrize(("visibility", "is_private"), [("PUBLIC", False), ("PRIVATE", True), ("INTERNAL", True)])
def test_what_a_stranger_may_not_see_is_private(visibility, is_private):
    """Internal repositories are private too; GitHub's own word is kept for the page's repository."""
    made = world()
    rocket(made).visibility = visibility

    board = read(question("acme/rocket#1", repositories=("acme/rocket",)), made)

    assert board.answers["acme/rocket#1"].is_private is is_private
    assert board.visibility == {"acme/rocket": visibility}


@pytest.mark.parametrize("public", [True, False])
def test_a_draft_is_as_private_as_its_board(public):
    """Its title is the board's."""
    made = world(public=public)

    assert read(question(draft_id(made)), made).answers[draft_id(made)].is_private is not public


def test_a_pinned_draft_that_became_an_issue():
    """The item's id stays; what it is now is said."""
    made = world()
    card = project(made).put(rocket(made).issue(9, "Grown up"), "Shipped")

    grown = read(question(card.id), made).answers[card.id]

    assert (grown.name, grown.kind, grown.placement.status) == ("acme/rocket#9", "issue", "Shipped")


def test_a_draft_of_another_board():
    """Its Status there says nothing here."""
    made = world()
    other = made.project("acme", 4).draft("Elsewhere", "Done")

    assert read(question("acme/rocket#1", other.id), made).answers[other.id] == Unread("it is an item of another board")


def test_ids_of_other_things_are_no_drafts():
    """An id that is no item's, or nothing's."""
    board = read(question("acme/rocket#1", "PVTI_nothing"), world())

    assert board.answers["PVTI_nothing"] == Unread("GitHub knows no such item, or hides it from this token")


# Lists of boards -----------------------------------------------------------------------------------------


def on_many_boards(made, count, number=1):
    """Put an issue of the rocket on so many other boards, before ours."""
    issue = rocket(made).issue(number)
    ours = [card for card in issue.cards if card.project is project(made)]
    for other in range(100, 100 + count):
        made.project("acme", other).put(issue, "Done")
    issue.cards = (*[card for card in issue.cards if card not in ours], *ours)


def test_lists_of_boards_are_read_to_the_end():
    """Our board may come last of many; off the board is said only after the last."""
    made = world()
    on_many_boards(made, 130, 1)
    on_many_boards(made, 130, 4)
    server = Server(made)

    board = drive(question("acme/rocket#1", "acme/rocket#4"), server)

    assert board.answers["acme/rocket#1"].placement.status == "Shipped"
    assert board.answers["acme/rocket#4"].placement is None
    assert len(server.log) == 3


def test_a_list_is_read_no_further_than_our_board():
    """What is wanted came with the first page."""
    made = world()
    issue = rocket(made).issue(1)
    for other in range(100, 130):
        made.project("acme", other).put(issue, "Done")
    server = Server(made)

    assert drive(question("acme/rocket#1"), server).answers["acme/rocket#1"].placement.status == "Shipped"
    assert len(server.log) == 1


BOARDS = "Issue.projectItems"
CUT = Unread("its list of boards could not be read to the end")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.failing(BOARDS, "INTERNAL"), id="an error"),
        pytest.param(faults.forbidden(BOARDS), id="no permission"),
        pytest.param(faults.null_node(BOARDS), id="a null among them"),
        pytest.param(faults.forbidden_node(BOARDS), id="a refused one among them"),
        pytest.param(faults.missing_row(BOARDS), id="a shortfall"),
        pytest.param(faults.drifting_total(BOARDS), id="a count that is too high"),
        pytest.param(faults.stuck_cursor(BOARDS), id="no cursor to go on"),
        pytest.param(faults.stuck_cursor(BOARDS, ""), id="an empty cursor"),
        pytest.param(faults.failing("ProjectV2Item.fieldValueByName", "INTERNAL"), id="an error at the Status"),
        pytest.param(faults.unknown_type("ProjectV2Item.project"), id="a project that is none"),
        pytest.param(faults.quietly_null(BOARDS), id="null"),
    ],
)
@pytest.mark.parametrize("often", [1, 2, 3])
def test_trouble_at_a_list_of_boards(fault, often):
    """It is read again, twice at most; if it stays the reference is unread, and nothing is off the board."""
    made = world()
    other = made.project("acme", 4)
    other.put(rocket(made).issue(4), "Done")
    asked = question("acme/rocket#2", "acme/rocket#4")
    whole = read(asked, made)

    board = read(asked, made, replace(fault.times(often), touches=tuple(_only(t, 4) for t in fault.touches)))

    expected = whole.answers["acme/rocket#4"] if often < 3 else CUT
    assert board.answers == {**whole.answers, "acme/rocket#4": expected}
    assert expected == CUT or expected.placement is None


def _only(touch, number):
    """Narrow a touch to the lists of one issue."""

    def is_it(source):
        issue = getattr(source, "content", source)
        return getattr(issue, "number", None) == number

    return replace(touch, only=is_it)


def test_a_look_up_that_its_list_of_boards_takes_away_is_read_again():
    """GitHub's schema may let a refused list null the whole issue: that is no refusal of the issue."""

    def spoil(request, said):
        said.data["r0"]["i4"] = None
        return replace(said, faults=(Fault("FORBIDDEN", ("r0", "i4", "projectItems"), "no"),))

    server = Server(world())

    board = drive(question("acme/rocket#1", "acme/rocket#4"), server, spoil=spoil)

    assert board.answers["acme/rocket#4"] == CUT
    assert len(server.log) == 3


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.null_node(BOARDS, 0), id="a null beside ours"),
        pytest.param(faults.drifting_total(BOARDS), id="a count that is too high"),
        pytest.param(faults.stuck_cursor(BOARDS), id="no end"),
    ],
)
def test_our_card_counts_among_what_came(fault):
    """A list that is cut elsewhere says all that we want of our board."""
    made = world()
    on_many_boards(made, 1)
    server = Server(made, [fault.always()])

    board = drive(question("acme/rocket#1"), server)

    assert board.answers["acme/rocket#1"].placement.status == "Shipped"
    assert len(server.log) == 1


def test_our_card_is_not_read_from_a_broken_place():
    """An error at our card's Status must not make the Status empty."""
    made = world()
    fault = faults.failing("ProjectV2Item.fieldValueByName", "INTERNAL", only=lambda card: card.content.number == 1)

    board = read(question("acme/rocket#1", "acme/rocket#2"), made, fault.always())

    assert board.answers["acme/rocket#1"] == CUT


def test_a_status_of_another_kind_is_unread():
    """A single select that answers with a text is not judged."""
    fault = faults.unknown_type("ProjectV2Item.fieldValueByName", "ProjectV2ItemFieldMultiSelectValue")

    board = read(question("acme/rocket#1"), world(), fault.always())

    assert board.answers["acme/rocket#1"] == Unread("its Status is of a kind that this version does not know")


def test_a_drafts_status_without_a_name_is_unread():
    """It may be any."""
    made = world()
    fault = faults.quietly_null("ProjectV2ItemFieldSingleSelectValue.name")

    told = read(question("acme/rocket#4", draft_id(made)), made, fault.always())

    assert told.answers[draft_id(made)] == Unread("GitHub could not read all of it")


def test_a_status_without_a_name_is_unread():
    """The value is there and its name did not come."""
    fault = faults.quietly_null("ProjectV2ItemFieldSingleSelectValue.name")

    board = read(question("acme/rocket#1", "acme/rocket#4"), world(), fault.always())

    assert board.answers["acme/rocket#1"] == CUT


def test_trouble_on_a_later_page_of_boards():
    """The rest of a list is trusted no more than its beginning."""
    made = world()
    on_many_boards(made, 130, 1)
    server = Server(made, [faults.null_node(BOARDS).on(2), faults.null_node(BOARDS).on(4)])

    board = drive(question("acme/rocket#1"), server)

    assert board.answers["acme/rocket#1"].placement.status == "Shipped"


def test_a_status_on_a_later_page_is_not_read_from_a_broken_place():
    """An error at our card among the rest of a list must not make its Status empty."""
    made = world()
    on_many_boards(made, 130, 1)
    fault = faults.saml("ProjectV2Item.fieldValueByName", only=lambda card: card.project is project(made))

    assert read(question("acme/rocket#1", "acme/rocket#4"), made, fault.always()).answers["acme/rocket#1"] == CUT


def test_the_rest_of_a_list_that_is_refused_is_cut():
    """The item is there, its later boards are not."""
    made = world()
    on_many_boards(made, 130, 4)

    board = read(question("acme/rocket#1", "acme/rocket#4"), made, faults.forbidden("Query.node").always())

    assert board.answers["acme/rocket#4"] == CUT


def test_what_another_board_says_is_no_matter():
    """A Status without a name that is another board's."""
    made = world()
    made.project("acme", 4, statuses=("Todo",)).put(rocket(made).issue(4), "No such option")

    assert read(question("acme/rocket#4"), made).answers["acme/rocket#4"].placement is None


def test_lists_of_boards_side_by_side():
    """While one list is read on, another answer does not ask for it twice."""
    made = world()
    on_many_boards(made, 130, 1)
    on_many_boards(made, 130, 4)
    server = Server(made)
    asked = question("acme/rocket#1", "acme/rocket#4", "acme/rocket#2", evidence=frozenset({"acme/rocket#2"}))

    board = drive(asked, server, sizes=Sizes(1, 100), pick=lambda waiting: -1)

    assert board == read(asked, made)
    assert len([request for request in server.log if request.document.startswith("query Boards")]) == 4


# Refusals ------------------------------------------------------------------------------------------------

ISSUE = "Repository.issueOrPullRequest"
FORBIDDEN = Unread("this token may not read it")
NULL = Unread("GitHub gave no answer for it")
SAML = Unread("its organisation requires single sign-on for this token")
NO_ISSUE = Unread("GitHub knows no such issue or pull request, or hides it from this token")


def no_repository(name):
    """What is said of the references of a repository that is not there."""
    return Unread(f"GitHub knows no repository {name}, or hides it from this token")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(faults.forbidden(ISSUE, at=0), FORBIDDEN, id="forbidden"),
        pytest.param(faults.saml(ISSUE, at=0), SAML, id="SAML"),
        pytest.param(faults.not_found(ISSUE, at=0), NO_ISSUE, id="not found"),
        pytest.param(faults.quietly_null(ISSUE, at=0), NULL, id="null"),
        pytest.param(faults.forbidden("Issue.title", at=0), FORBIDDEN, id="a fact that nulls the whole"),
        pytest.param(
            faults.unknown_type(ISSUE, "Discussion", at=0),
            Unread("GitHub calls it Discussion, which this version does not know"),
            id="unknown type",
        ),
        pytest.param(
            faults.quietly_null("Issue.state", at=0), Unread("GitHub's answer for it was not understood"), id="no state"
        ),
        pytest.param(
            faults.quietly_null("Issue.id", at=0), Unread("GitHub's answer for it was not understood"), id="no id"
        ),
        pytest.param(
            faults.failing("Issue.stateReason", "INTERNAL", at=0),
            Unread("GitHub could not read all of it"),
            id="a reason that failed is not no reason",
        ),
        pytest.param(
            faults.failing("Issue.title", "INTERNAL", at=0),
            Unread("GitHub could not read all of it"),
            id="an error that nulls the whole",
        ),
        pytest.param(
            faults.forbidden("Issue.closedAt", at=0), Unread("GitHub could not read all of it"), id="a fact refused"
        ),
    ],
)
def test_what_is_refused_at_a_look_up_is_unread(fault, expected):
    """That reference is unread, with the reason; its neighbours are as they were."""
    made = world()
    whole = read(question(*NAMES), made)

    board = read(question(*NAMES), made, fault.always())

    assert board.answers == {**whole.answers, "acme/rocket#1": expected}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(faults.forbidden("Query.repository", at=0), FORBIDDEN, id="forbidden"),
        pytest.param(faults.saml("Query.repository", at=0), SAML, id="SAML"),
        pytest.param(faults.not_found("Query.repository", at=0), no_repository("acme/moon"), id="not found"),
        pytest.param(faults.quietly_null("Query.repository", at=0), NULL, id="null"),
        pytest.param(faults.quietly_null("Repository.nameWithOwner", at=0), NULL, id="no name"),
        pytest.param(faults.forbidden("Repository.visibility", at=0), FORBIDDEN, id="a fact that nulls the whole"),
    ],
)
def test_what_is_refused_at_a_repository_is_unread(fault, expected):
    """All references of that repository, and its visibility; the others are as they were."""
    made = world()
    made.repository("acme/moon").issue(1)
    asked = question("acme/moon#1", *NAMES, repositories=("acme/moon", "acme/rocket"))
    whole = read(asked, made)

    board = read(asked, made, fault.always())

    assert board.answers == {**whole.answers, "acme/moon#1": expected}
    assert board.visibility == {"acme/rocket": "PUBLIC"}


def test_unknown_words_are_kept():
    """A state or reason that we do not know is the verdict's to judge."""
    board = read(
        question("acme/rocket#1"),
        world(),
        faults.unknown_word("Issue.state", "FROZEN").always(),
        faults.unknown_word("Issue.stateReason", "MELTED").always(),
    )

    assert (board.answers["acme/rocket#1"].state, board.answers["acme/rocket#1"].state_reason) == ("FROZEN", "MELTED")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.forbidden(ISSUE), id="all forbidden"),
        pytest.param(faults.quietly_null(ISSUE), id="all null"),
        pytest.param(faults.forbidden(BOARDS), id="no list of boards"),
        pytest.param(faults.forbidden("Query.repository"), id="the repository forbidden"),
    ],
)
def test_a_token_that_reads_nothing_ends_the_run(fault):
    """If every look-up was forbidden or unreadable, nothing is said of the page."""
    with pytest.raises(GitHubError, match="this token may read none of the page's references") as caught:
        read(question("acme/rocket#1", "acme/rocket#2"), world(), fault.always())

    assert caught.value.where == ADDRESS.url
    assert "Issues: read" in caught.value.hint


def test_a_pull_request_without_a_base_is_not_understood():
    """Where it was merged decides."""
    board = read(question("acme/rocket#3"), world(), faults.quietly_null("PullRequest.baseRefName").always())

    assert board.answers["acme/rocket#3"] == Unread("GitHub's answer for it was not understood")


def test_references_that_are_not_there_do_not_end_the_run():
    """A page may name nothing but deleted issues."""
    board = read(question("acme/rocket#98", "acme/rocket#99"), world())

    assert set(board.answers.values()) == {NO_ISSUE}


def test_a_default_branch_that_cannot_be_read_is_dropped_evidence():
    """The pull request is there, without the branch; one folded note says so."""
    board = read(question("acme/rocket#3"), world(), faults.forbidden("Repository.defaultBranchRef").always())

    assert board.answers["acme/rocket#3"].default_branch is None
    assert board.notes == ("the default branch of 1 repository could not be read",)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            faults.failing("ProjectV2Item.project", "INTERNAL", only=lambda card: card.number == 4), id="card"
        ),
        pytest.param(
            faults.failing("ProjectV2Item.content", "INTERNAL", only=lambda card: card.number == 4), id="what"
        ),
        pytest.param(faults.quietly_null("ProjectV2Item.isArchived", only=lambda card: card.number == 4), id="null"),
        pytest.param(faults.unknown_type("Query.node"), id="no item"),
    ],
)
@pytest.mark.parametrize("often", [2, 3])
def test_trouble_at_a_draft(fault, often):
    """It is read again; if it stays the draft is unread."""
    made = world()
    asked = question("acme/rocket#1", draft_id(made))
    whole = read(asked, made)

    board = read(asked, made, fault.times(often))

    expected = whole if often < 3 else Unread("GitHub could not read all of it")
    assert board.answers[draft_id(made)] == (expected if often > 2 else expected.answers[draft_id(made)])


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(faults.forbidden("Query.node"), "this token may not read it", id="forbidden"),
        pytest.param(faults.quietly_null("Query.node"), "GitHub gave no answer for it", id="null"),
        pytest.param(
            faults.forbidden("ProjectV2Item.content"), "this token may not see what it is", id="content forbidden"
        ),
        pytest.param(faults.quietly_null("ProjectV2Item.content"), "this token may not see what it is", id="redacted"),
        pytest.param(faults.quietly_null("DraftIssue.title"), "this token may not see what it is", id="no title"),
    ],
)
def test_what_is_refused_at_a_draft_is_unread(fault, reason):
    """With the reason."""
    made = world()

    board = read(question("acme/rocket#1", draft_id(made)), made, fault.always())

    assert board.answers[draft_id(made)] == Unread(reason)


# The board itself ----------------------------------------------------------------------------------------


def test_a_project_that_is_not_there():
    """No second request; the likely causes are said."""
    server = Server(world())

    with pytest.raises(GitHubError, match="GitHub shows this token no project 9 of acme") as caught:
        drive(question("acme/rocket#1", address=replace(ADDRESS, number=9)), server)

    assert "because the job's token cannot see organisation projects" in caught.value.hint
    assert "(request C318:1)" in caught.value.what
    assert len(server.log) == 1


def test_an_organisation_with_single_sign_on():
    """Where to authorise the token is said."""
    made = world()
    fault = faults.saml("*.projectV2")

    with pytest.raises(GitHubError, match="acme requires single sign-on for this token") as caught:
        read(question("acme/rocket#1"), made, fault.always())

    assert "https://github.com/orgs/acme/sso" in caught.value.hint


def test_single_sign_on_without_a_url():
    """The way out is said all the same."""

    def spoil(_, said):
        return replace(said, sso="")

    with pytest.raises(GitHubError) as caught:
        drive(question("acme/rocket#1"), Server(world(), [faults.saml("*.projectV2")]), spoil=spoil)

    assert caught.value.hint == "Authorise the token for single sign-on."


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(faults.empty("ProjectV2.items"), "this token sees an empty board", id="no items"),
        pytest.param(faults.quietly_null("*.projectV2"), "this token sees an empty board", id="no project, no error"),
        pytest.param(faults.failing("*.projectV2", "INTERNAL", "oh"), "could not read the board: oh", id="project"),
        pytest.param(faults.failing("ProjectV2.field", "INTERNAL", "oh"), "could not read the board: oh", id="field"),
        pytest.param(faults.forbidden("ProjectV2.field"), "could not read the board", id="field forbidden"),
        pytest.param(faults.failing("ProjectV2.items", "INTERNAL", "oh"), "could not read the board: oh", id="items"),
        pytest.param(faults.quietly_null("ProjectV2.id"), "this token sees an empty board", id="no id"),
    ],
)
@pytest.mark.parametrize("often", [1, 2, 3])
def test_trouble_at_the_board(fault, words, often):
    """It is read again, twice at most; then the run ends, whatever the look-ups said."""
    made = world()
    server = Server(made, [fault.times(often)])
    if often < 3:
        assert drive(question("acme/rocket#1"), server) == read(question("acme/rocket#1"), made)
        return

    with pytest.raises(GitHubError, match=words) as caught:
        drive(question("acme/rocket#1"), server)

    assert caught.value.where == ADDRESS.url
    assert len(server.log) == 3


def test_an_owner_that_github_does_not_know():
    """GitHub answers null without an error for a name that is nobody's: to ask again would not help."""
    server = Server(world(), [faults.quietly_null("Query.repositoryOwner")])

    with pytest.raises(GitHubError, match="there is no user and no organisation called acme"):
        drive(question("acme/rocket#1"), server)

    assert len(server.log) == 1


@pytest.mark.parametrize(
    ("field", "what"),
    [("Phase", 'the board has no field "Phase"'), ("Title", 'the field "Title" is not a single select')],
)
def test_a_status_field_that_is_none_names_those_there_are(field, what):
    """Exit 2 with what could be meant."""
    made = world()
    project(made).add_field("Stage", "SINGLE_SELECT", ("One",))
    server = Server(made)

    with pytest.raises(InputError) as caught:
        drive(question("acme/rocket#1", "acme/rocket#99", status_field=field), server)

    assert caught.value.what == what
    assert caught.value.hint == (
        'Set status_field under [board] to one of its single selects: "Status", "Stage". Other fields: "Title".'
    )
    assert len(server.log) == 2


def test_a_board_without_a_single_select():
    """There is nothing to name."""
    fault = faults.altered(
        lambda body: body["data"]["repositoryOwner"]["projectV2"].__setitem__("fields", {"nodes": [None, {}]})
    )

    with pytest.raises(InputError, match=r"single selects: there is none\. Other fields: none"):
        read(question("acme/rocket#1", status_field="Phase"), world(), fault.on(2))


@pytest.mark.parametrize("whole", [False, True])
def test_a_status_that_belongs_to_the_organisation(whole):
    """An issue field is not the project's own; which kind is said."""
    fault = faults.unknown_type("ProjectV2Item.fieldValueByName", "ProjectV2ItemIssueFieldValue")

    with pytest.raises(InputError, match="issue field of its organisation") as caught:
        read(question("acme/rocket#1", whole=whole), world(), fault.always())

    assert caught.value.where == ADDRESS.url


@pytest.mark.parametrize("often", [2, 3])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.extra_error("Projects (classic) is being deprecated."), id="without a path"),
        pytest.param(faults.extra_error("Projects (classic) is being deprecated.", path=["odd"]), id="elsewhere"),
        pytest.param(faults.failing(ISSUE, "INTERNAL", "Projects (classic) is"), id="no refusal at a look-up"),
        pytest.param(faults.failing("Query.repository", "INTERNAL", "Projects (classic) is"), id="at a repository"),
        pytest.param(faults.failing("Repository.isPrivate", "INTERNAL", "Projects (classic) is"), id="below it"),
    ],
)
def test_any_other_error_spoils_the_answer(fault, often):
    """The answer is not used; it is read again, then the run ends with GitHub's words."""
    made = world()
    server = Server(made, [fault.times(often)])
    if often < 3:
        assert drive(question("acme/rocket#1"), server) == read(question("acme/rocket#1"), made)
        assert len(server.log) == 3
        return

    with pytest.raises(GitHubError, match=r"GitHub answered with an error: Projects \(classic\) is"):
        drive(question("acme/rocket#1"), server)


# Evidence ------------------------------------------------------------------------------------------------


def closed_by(made, number=2, states=("MERGED", "CLOSED")):
    """Let pull requests close an issue."""
    issue = rocket(made).issue(number)
    for index, state in enumerate(states):
        rocket(made).pull(50 + index, state=state, closes=[issue])
    return question(*NAMES, evidence=frozenset({*NAMES}))


def test_closing_pull_requests_come_with_the_look_ups():
    """They are evidence for the one reference that is an open issue under an open box."""
    made = world()
    server = Server(made)

    board = drive(closed_by(made), server)

    assert board.answers["acme/rocket#2"].closing == (
        ClosingPull("acme", "rocket", 50, "MERGED"),
        ClosingPull("acme", "rocket", 51, "CLOSED"),
    )
    assert [item.closing for key, item in board.answers.items() if key != "acme/rocket#2"] == [None, None, None]
    assert len(server.log) == 1


def test_closing_pull_requests_that_did_not_come_are_asked_apart():
    """A second document, for open issues only."""
    made = world()
    asked = closed_by(made)
    server = Server(made, [faults.forbidden(CLOSING).on(1)])

    board = drive(asked, server)

    assert board == read(asked, made)
    assert [len(request.variables.get("ids", ())) for request in server.log] == [0, 1]


def test_an_issue_that_is_closed_while_its_boards_are_read():
    """Its closing pull requests are no evidence any more."""
    made = world()
    issue = rocket(made).issue(2)
    for number in range(20):
        made.project("acme", 30 + number).put(issue)
    issue.cards = (*issue.cards[1:], issue.cards[0])
    asked = closed_by(made)
    closed = faults.world_changes(lambda now: rocket(now).issue(2, state="CLOSED")).on(2)

    board = read(asked, made, closed)

    known = board.answers["acme/rocket#2"]
    assert (known.state, known.closing) == ("CLOSED", None)


def test_a_host_that_knows_no_closing_pull_requests():
    """The look-ups are asked without them, and a folded note says that they are missing."""
    made = world()
    server = Server(made)
    reading = Reading(closed_by(made), QUERIES)

    assert reading.refuse(reading.next())
    head = reading.next()
    reading.take(head, answer(server, head))
    assert reading.refuse(reading.next())

    board = reading.board()
    assert (board.answers["acme/rocket#2"].closing, board.notes) == (None, LOST)


def test_no_evidence_is_asked_where_none_is_wanted():
    """A ticked box needs no second request."""
    made = world()
    closed_by(made)
    server = Server(made)

    assert drive(question("acme/rocket#2"), server).answers["acme/rocket#2"].closing is None
    assert len(server.log) == 1


def test_private_closing_pull_requests_are_marked():
    """So that nothing names them."""
    made = world()
    secret = made.repository("acme/secret", visibility="PRIVATE")
    secret.pull(1, state="MERGED", closes=[rocket(made).issue(2)])

    closing = read(question("acme/rocket#2", evidence=frozenset({"acme/rocket#2"})), made).answers["acme/rocket#2"]

    assert closing.closing == (ClosingPull("acme", "secret", 1, "MERGED", is_private=True),)


CLOSING = "Issue.closedByPullRequestsReferences"
LOST = ("the pull requests that close 1 issue could not be read to the end",)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.forbidden(CLOSING).always(), id="forbidden"),
        pytest.param(faults.failing(CLOSING, "INTERNAL").always(), id="an error"),
        pytest.param(faults.null_node(CLOSING).always(), id="a null among them"),
        pytest.param(faults.missing_row(CLOSING).always(), id="a shortfall"),
        pytest.param(faults.quietly_null(CLOSING).always(), id="null"),
        pytest.param((faults.quietly_null(CLOSING).on(1), faults.quietly_null("Query.nodes").always()), id="no answer"),
        pytest.param((faults.quietly_null(CLOSING).on(1), faults.extra_error().on(2, 3)), id="any other, thrice"),
    ],
)
def test_evidence_that_cannot_be_read_is_dropped(fault):
    """The rest of the board stands; one folded note says so."""
    made = world()
    asked = closed_by(made)
    whole = read(asked, made)

    board = read(asked, made, *(fault if isinstance(fault, tuple) else [fault]))

    assert board.notes == LOST
    assert board.answers["acme/rocket#2"] == replace(whole.answers["acme/rocket#2"], closing=None)


def test_more_closing_pull_requests_than_are_read():
    """A list that was cut is no evidence."""
    made = world()

    board = read(closed_by(made, states=("MERGED",) * 21), made)

    assert (board.answers["acme/rocket#2"].closing, board.notes) == (None, LOST)


# Sizes ---------------------------------------------------------------------------------------------------


def test_what_was_too_heavy_is_asked_in_halves():
    """The size is remembered for the run, and nothing is lost or asked twice."""
    made = world()
    for number in range(5, 41):
        rocket(made).issue(number)
    names = [f"acme/rocket#{number}" for number in range(1, 41)]
    sizes = Sizes()
    reading = Reading(question(*names, repositories=("acme/rocket",)), QUERIES, sizes)

    reading.halve(reading.next())
    reading.halve(reading.next())

    assert sizes.look_ups == 10
    waiting = handed_out(reading)
    assert [request.part.size for request in waiting] == [10, 10, 10, 10, 1]
    assert [request.part.head for request in waiting] == [True, False, False, False, False]
    assert finish(reading, Server(made), waiting=waiting).answers == read(question(*names), made).answers


def test_small_sizes_give_the_same_board():
    """Pages of 1 or 100: the same board."""
    made = world()
    asked = replace(closed_by(made), repositories=("acme/rocket",))

    assert drive(asked, Server(made), sizes=Sizes(1, 1)) == read(asked, made)


def test_pages_repositories_are_asked_however_many_references_there_are():
    """They are few and go with the first look-ups."""
    made = world()
    asked = question(*(f"acme/rocket#{n}" for n in range(1, 14)), repositories=("acme/rocket", "acme/none"))

    assert drive(asked, Server(made), sizes=Sizes(3, 100)).visibility == {"acme/rocket": "PUBLIC"}


def test_an_item_is_what_it_says():
    """No answer is a guess: all are Items or Unread."""
    made = world()

    assert {type(value) for value in read(question(*NAMES), made).answers.values()} == {Item}
