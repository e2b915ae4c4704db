"""Tests of the file form of a board: the same bytes, readable by hand, nothing private, and what is wrong in it."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap_sync.board.facts import Facts, FieldValue
from roadmap_sync.board.model import ClosingPull, Item, Placement, Unread
from roadmap_sync.errors import GitHubError, InputError
from roadmap_sync.reading.parts import Sizes
from roadmap_sync.reading.snapshot import loads
from roadmap_sync.reading.snapshot_file import dumps
from tests.standin import Server
from tests.support import makers
from tests.support.makers import ADDRESS, area_query, draft, issue, pull
from tests.support.readings import drive, question
from tests.support.worlds import cases

ABSENT = Unread("it is not in the snapshot", absent_from_snapshot=True)


def snapshot(items=(), **more):
    """A snapshot by hand."""
    return loads(json.dumps({"version": 1, "items": list(items), **more}), "board.json")


def test_a_snapshot_by_hand_needs_little():
    """A reference, a state, a Status; everything else has a sensible default."""
    made = snapshot(
        [
            {"reference": "acme/rocket#1", "state": "CLOSED", "status": "Shipped"},
            {"reference": "acme/rocket#2"},
            {"reference": "acme/rocket#3", "state": "MERGED", "status": None},
            {"reference": "PVTI_a", "title": "Dream", "status": "Ideas"},
        ]
    )

    board = made.answer(question("acme/ROCKET#1", "acme/rocket#2", "acme/rocket#3", "PVTI_a", "acme/rocket#4"))

    one, two, three, dream, four = board.answers.values()
    assert (one.kind, one.state, one.placement.status, one.is_private) == ("issue", "CLOSED", "Shipped", False)
    assert one.url == "https://github.com/acme/rocket/issues/1"
    assert (two.state, two.placement) == ("OPEN", None)
    assert (three.kind, three.placement.status) == ("pull_request", None)
    assert three.url == "https://github.com/acme/rocket/pull/3"
    assert (dream.kind, dream.title, dream.id, dream.state, dream.url) == ("draft", "Dream", "PVTI_a", "", "")
    assert four == ABSENT
    assert (board.url, board.options, board.total) == (ADDRESS.url, ("Shipped", "Ideas"), 3)
    assert (board.public, board.items, board.visibility, board.notes) == (None, None, {}, ())


def test_an_empty_snapshot_is_one():
    """It knows nothing, and says so of each reference."""
    assert loads('{"version": 1}', "board.json").answer(question("acme/rocket#1")).answers == {"acme/rocket#1": ABSENT}


def test_the_board_may_be_described():
    """Where it is, its field and options, who may see what."""
    made = snapshot(
        board={
            "url": ADDRESS.url,
            "title": "Rocket",
            "public": True,
            "status_field": "Phase",
            "options": ["One", "Two"],
            "total": 7,
        },
        repositories={"acme/Rocket": "PRIVATE", "acme/other": "PUBLIC"},
        notes=["the default branch of 1 repository could not be read"],
    )

    board = made.answer(question(status_field="phase", repositories=("ACME/rocket",)))

    assert (board.title, board.public, board.status_field, board.options) == ("Rocket", True, "Phase", ("One", "Two"))
    assert (board.total, board.visibility) == (7, {"acme/rocket": "PRIVATE"})
    assert board.notes == ("the default branch of 1 repository could not be read",)
    assert made.board.url == ADDRESS.url


def test_evidence_is_given_where_it_is_asked():
    """For an open issue under an open box only, as GitHub would be asked."""
    closing = [{"reference": "acme/rocket#9", "state": "MERGED"}]
    made = snapshot(
        [
            {"reference": "acme/rocket#1", "closing": closing},
            {"reference": "acme/rocket#2", "closing": closing},
            {"reference": "acme/rocket#3", "state": "CLOSED", "closing": closing},
        ]
    )

    names = ("acme/rocket#1", "acme/rocket#2", "acme/rocket#3")
    board = made.answer(question(*names, evidence=frozenset({names[0], names[2]}), whole=True))

    pulls = (ClosingPull("acme", "rocket", 9, "MERGED"),)
    assert [item.closing for item in board.answers.values()] == [pulls, None, None]


SHIPPED = issue(1, "CLOSED", "Shipped", state_reason="COMPLETED", closed_at="2026-05-01T00:00:00Z")


def test_what_is_written():
    """One short block an item, what is a default left out, in board order, then what else was looked up, by name."""
    board = makers.board(
        issue(7), SHIPPED, draft("PVTI_d", "Ideas"), extra={"old/name#1": SHIPPED, "acme/rocket#9": Unread("gone")}
    )
    board = replace(board, items=(draft("PVTI_d", "Ideas"), replace(SHIPPED, closing=None)), total=2)

    text = dumps(replace(board, visibility={"acme/rocket": "PUBLIC"}), allow_private=False)

    assert text.endswith("}\n")
    assert json.loads(text) == {
        "version": 1,
        "board": {
            "url": ADDRESS.url,
            "title": "Rocket",
            "public": True,
            "status_field": "Status",
            "options": list(makers.OPTIONS),
            "total": 2,
        },
        "repositories": {"acme/rocket": "PUBLIC"},
        "areas": [],
        "items": [
            {"reference": "PVTI_d", "title": "A draft", "status": "Ideas", "kind": "draft"},
            {
                "reference": "acme/rocket#1",
                "title": "Title 1",
                "state": "CLOSED",
                "status": "Shipped",
                "reason": "COMPLETED",
                "closed": "2026-05-01T00:00:00Z",
                "also": ["old/name#1"],
                "item": "PVTI_1",
                "id": "I_acme_rocket_1",
            },
            {"reference": "acme/rocket#7", "title": "Title 7", "state": "OPEN", "id": "I_acme_rocket_7"},
            {"reference": "acme/rocket#9", "unread": "gone"},
        ],
    }


def test_everything_comes_back():
    """Each fact of an item, each kind of item."""
    merged = pull(3, "MERGED", merged_at="2026-01-01T00:00:00Z", url="https://ghe.example/odd", on_board=True)
    evidence = (ClosingPull("acme", "rocket", 3, "MERGED"), ClosingPull("acme", "secret", 1, "OPEN", is_private=True))
    still_open = issue(2, "OPEN", "Ideas", closing=evidence, placement=Placement("PVTI_2", "Ideas", archived=True))
    board = makers.board(SHIPPED, still_open, merged, draft(), issue(5, is_private=True, title="Secret"), total=9)
    asked = question(*board.answers, evidence=frozenset({still_open.name}))

    again = loads(dumps(board, allow_private=True), "board.json").answer(asked)

    assert again == board


LOGGING = area_query("label:logging", None, ("Ideas",))


def test_areas_are_recorded_with_their_items_and_facts():
    """What was read for an area comes back for the same area, and is refused for another."""
    facts = Facts(
        labels=("logging",),
        is_draft=True,
        parent="acme/rocket#1",
        closed_by=("acme/rocket#3",),
        fields={
            "docs": FieldValue("text", ("https://x",)),
            "sprint": FieldValue("iteration", ("One",), "2026-01-05", 14),
        },
    )
    offered = issue(2, "OPEN", "Ideas", facts=facts)
    other = issue(4, "OPEN", "Ideas", facts=Facts())
    board = replace(makers.board(SHIPPED, offered), candidates={LOGGING: (offered, other)}, items=(offered, SHIPPED))

    made = loads(dumps(board, allow_private=False), "board.json")

    assert made.answer(question(areas=(LOGGING,))).candidates == {LOGGING: (offered, other)}
    told = made.answer(question(offered.name, fields=("Docs",))).answers[offered.name]
    assert told.facts == Facts(fields={"docs": facts.fields["docs"]})
    with pytest.raises(InputError, match=r'board\.json: the snapshot was not made for an area with the filter "x:y"'):
        made.answer(question(areas=(area_query("x:y", None, ("Ideas",)),)))


def test_private_items_are_offered_to_nobody():
    """Nor do links to what is not known to be public stand in a snapshot."""
    links = Facts(parent="hush/quiet#1", duplicate_of="hush/quiet#2", closes=("acme/rocket#9", "hush/quiet#3"))
    links = replace(links, closed_by=("hush/quiet#4",))
    seen = issue(2, "OPEN", "Ideas", facts=links)
    secret = issue(5, "OPEN", "Ideas", owner="hush", repo="quiet", is_private=True, facts=Facts())
    board = replace(makers.board(), candidates={LOGGING: (seen, secret)}, items=(seen, secret))

    text = dumps(board, allow_private=False)

    assert "hush/" not in text
    offered = loads(text, "board.json").answer(question(areas=(LOGGING,))).candidates[LOGGING]
    assert offered == (replace(seen, facts=Facts(closes=("acme/rocket#9",))),)
    whole = loads(dumps(board, allow_private=True), "board.json").answer(question(areas=(LOGGING,)))
    assert whole.candidates[LOGGING] == (seen, secret)


def test_areas_by_hand_are_judged_by_their_filter():
    """A snapshot that lists no areas is judged, what nobody wrote down left empty; a view cannot be."""
    made = snapshot(
        [
            {"reference": "acme/rocket#1", "status": "Shipped", "facts": {"labels": ["logging"]}},
            {"reference": "acme/rocket#2", "status": "Ideas", "facts": {"labels": ["logging"]}},
            {"reference": "acme/rocket#3", "status": "Ideas"},
            {"reference": "acme/rocket#4", "status": "Ideas", "archived": True, "facts": {"labels": ["logging"]}},
            {"reference": "acme/rocket#5", "facts": {"labels": ["logging"]}},
        ]
    )

    board = made.answer(question(areas=(LOGGING,)))

    assert [item.name for item in board.candidates[LOGGING]] == ["acme/rocket#2"]
    with pytest.raises(InputError, match="not made for an area with view 7"):
        made.answer(question(areas=(area_query("", 7, ("Ideas",)),)))


def test_areas_name_items_that_are_there():
    """An item that is not, or is not named so, is said with its place."""
    area = {"filter": "x", "statuses": ["Ideas"], "items": ["acme/rocket#9"]}

    with pytest.raises(InputError, match="is none of the items") as caught:
        snapshot([ONE], areas=[area])
    assert caught.value.where == "board.json: areas[0].items"
    with pytest.raises(InputError, match="is none of the items"):
        snapshot([ONE], areas=[{**area, "items": ["?"]}])


def test_answers_of_pages_alone_are_no_whole_board():
    """Such a snapshot says so, and does not pretend."""
    text = dumps(makers.board(SHIPPED), allow_private=False)

    assert json.loads(text)["whole"] is False
    with pytest.raises(InputError, match=r"board\.json: the snapshot does not hold the whole board"):
        loads(text, "board.json").answer(question(whole=True))


def test_what_the_snapshot_lacks_is_not_written():
    """A snapshot of a snapshot does not turn absence into an answer."""
    assert json.loads(dumps(makers.board(extra={"acme/rocket#1": ABSENT}), allow_private=False))["items"] == []


def test_private_items_are_reduced_to_their_id():
    """No title, number, name, Status, nor that of a private pull request; every reader finds them unknown."""
    secret = issue(5, "CLOSED", "Shipped", owner="hush", repo="quiet", is_private=True, title="Do not tell")
    plan = draft("PVTI_p", "Ideas", is_private=True, title="Hidden plan")
    closing = (ClosingPull("hush", "quiet", 8, "MERGED", is_private=True),)
    seen = issue(6, "OPEN", "Ideas", closing=closing)
    board = makers.board(secret, plan, seen, extra={"hush/alias#5": secret})
    board = replace(board, items=(secret, plan, seen), visibility={"hush/quiet": "PRIVATE", "acme/rocket": "PUBLIC"})

    text = dumps(board, allow_private=False)

    assert [entry for entry in json.loads(text)["items"] if "private" in entry] == [
        {"private": True, "id": "I_hush_quiet_5"},
        {"private": True, "id": "PVTI_p"},
    ]
    assert [word for word in ("tell", "plan", "hush/", "quiet#", "#8") if word in text] == []
    again = loads(text, "board.json").answer(
        question("hush/quiet#5", "PVTI_p", "acme/rocket#6", evidence=frozenset({"acme/rocket#6"}))
    )
    assert [again.answers["hush/quiet#5"], again.answers["PVTI_p"]] == [ABSENT, ABSENT]
    assert again.answers["acme/rocket#6"] == replace(seen, closing=None)
    assert json.loads(dumps(board, allow_private=True))["repositories"] == dict(sorted(board.visibility.items()))


def test_what_an_editor_would_not_show_is_escaped():
    """Control, bidirectional and line-breaking characters stand as escapes; letters stay letters."""
    title = "Über\u202e \u2028\x00\ud800 📈 \U000e0041"

    text = dumps(makers.board(issue(1, title=title)), allow_private=False)

    assert "Über" in text
    assert "📈" in text
    assert text.isascii() or all(letter.isprintable() or letter == "\n" for letter in text)
    assert loads(text, "b").answer(question("acme/rocket#1")).answers["acme/rocket#1"].title == title


ONE = {"reference": "acme/rocket#1"}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        pytest.param("", "board.json:1:1", "the file ends in the middle", id="empty"),
        pytest.param('{"version": 1,\n "items": [', "board.json:2:12", "the file ends in the middle", id="truncated"),
        pytest.param('{"version": 1,\n "items": [}', "board.json:2:12", "this is no JSON: Expecting value", id="wrong"),
        pytest.param("# Roadmap\n", "board.json:1:1", "this is no JSON: Expecting value", id="no JSON"),
        pytest.param("[" * 100_000, "board.json", "this is nested too deep for a snapshot", id="deep"),
        pytest.param("[]", "board.json", "this is no snapshot: it has no version", id="a list"),
        pytest.param("{}", "board.json", "this is no snapshot: it has no version", id="no version"),
        pytest.param(
            '{"version": 2}',
            "board.json: version",
            "this snapshot has version 2; this program reads version 1",
            id="another version",
        ),
        pytest.param(
            '{"version": true}',
            "board.json: version",
            "this snapshot has version true; this program reads version 1",
            id="no number",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [ONE, {**ONE, "state": 3}]}),
            "board.json: items[1].state",
            "it should be a valid string, not 3",
            id="a wrong type",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{**ONE, "Status": "x"}]}),
            "board.json: items[0].Status",
            "no such key",
            id="an unknown key",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{**ONE, "kind": "epic"}]}),
            "board.json: items[0].kind",
            "it should be 'issue', 'pull_request' or 'draft', not \"epic\"",
            id="an unknown kind",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": {"a" * 100: 1}}),
            "board.json: items",
            'it should be a valid list, not {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...',
            id="no list",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{"reference": "rocket 1"}]}),
            "board.json: items[0].reference",
            '"rocket 1" names no issue, pull request or draft',
            id="no reference",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{"state": "OPEN"}]}),
            "board.json: items[0].reference",
            '"" names no issue, pull request or draft',
            id="a reference left out",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{**ONE, "also": ["#1"]}]}),
            "board.json: items[0].also",
            '"#1" names no issue, pull request or draft',
            id="no other name",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{**ONE, "kind": "draft"}]}),
            "board.json: items[0].reference",
            "a draft is named by its PVTI_… id",
            id="a draft by number",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [ONE, {"reference": "x/y#1", "also": ["ACME/rocket#1"]}]}),
            "board.json: items[1].reference",
            "acme/rocket#1 is there twice",
            id="twice",
        ),
        pytest.param(
            json.dumps({"version": 1, "items": [{**ONE, "closing": [{"reference": "PVTI_x", "state": "OPEN"}]}]}),
            "board.json: items[0].closing",
            '"PVTI_x" names no pull request',
            id="closed by a draft",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, where, what):
    """The file, the line or the path in it, and the way out."""
    with pytest.raises(InputError) as caught:
        loads(text, "board.json")

    assert (caught.value.where, caught.value.what) == (where, what)
    assert caught.value.hint or "twice" in what or "PVTI" in what


@pytest.mark.parametrize(
    ("address", "board", "what"),
    [
        pytest.param(
            replace(ADDRESS, number=4, url="https://github.com/orgs/acme/projects/4"), {}, "not of", id="board"
        ),
        pytest.param(ADDRESS, {"status_field": "Phase"}, 'the field "Phase", not "Status"', id="field"),
    ],
)
def test_a_snapshot_of_something_else(address, board, what):
    """Another board, another field: said, not answered."""
    made = snapshot(board={"url": ADDRESS.url, **board})

    with pytest.raises(InputError, match=r"board\.json") as caught:
        made.answer(question(address=address))

    assert what in caught.value.what
    assert caught.value.hint == "Make it again with: roadmap-sync snapshot FILE"


def test_a_board_that_nobody_named():
    """Without a config the snapshot says which board it is."""
    made = snapshot(board={"url": "https://ghe.example/users/ada/projects/1"}, items=[ONE])

    board = made.answer(question("acme/rocket#1", address=replace(ADDRESS, url="", owner="", number=0)))

    assert board.url == "https://ghe.example/users/ada/projects/1"
    assert board.answers["acme/rocket#1"].url == "https://ghe.example/acme/rocket/issues/1"


def outcome(act):
    """What a reading gives: a board, or the words of the error that ends it."""
    try:
        return act()
    except GitHubError as error:
        return str(error)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(case=cases(), seed=st.integers(0, 9999), size=st.sampled_from([1, 3, 50]))
def test_ask_scan_and_snapshot_give_the_same_board(case, seed, size):
    """In any order of answers, in documents of any size: one question, one board, one file."""
    chance = random.Random(seed)  # noqa: S311 - an order of answers, no secret

    def read(asked):
        server = Server(case.world, old_host=case.old_host)
        sizes = Sizes(size, max(size, 2))
        return outcome(lambda: drive(asked, server, pick=lambda w: chance.randrange(len(w)), sizes=sizes))

    asked = outcome(lambda: drive(case.asked, Server(case.world, old_host=case.old_host)))
    whole = read(replace(case.asked, whole=True))

    assert read(case.asked) == asked
    if isinstance(asked, str):
        assert whole == asked
        return
    assert replace(whole, items=None) == asked
    text = dumps(whole, allow_private=True)
    assert loads(text, "board.json").answer(case.asked) == asked
    again = loads(text, "board.json").answer(replace(case.asked, whole=True))
    assert again == whole
    assert dumps(again, allow_private=True) == text
    _check_reduced(case, whole, asked)


def _check_reduced(case, whole, asked):
    """Hold that without `allow_private` the private are unknown, and all else is the same."""
    text = dumps(whole, allow_private=False)
    reduced = loads(text, "board.json").answer(case.asked)
    for area, items in asked.candidates.items():
        kept = [item.name for item in items if not item.is_private]
        assert [item.name for item in reduced.candidates[area]] == kept
    for key, answer in asked.answers.items():
        if isinstance(answer, Item) and answer.is_private:
            assert reduced.answers[key] == ABSENT
            assert answer.title not in text
        elif isinstance(answer, Item) and any(pull.is_private for pull in answer.closing or ()):
            assert reduced.answers[key] == replace(answer, closing=None)
        else:
            assert reduced.answers[key] == answer
