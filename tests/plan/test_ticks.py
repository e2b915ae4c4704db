"""Tests what verdicts do to boxes: tick, untick, strike, and the notes beside them."""

import pytest

from roadmap_sync.board.model import ClosingPull, Unread
from roadmap_sync.plan.change import Context
from roadmap_sync.plan.kinds import kind_of
from roadmap_sync.plan.ticks import find, is_touchable, judge_item, judged_lines
from tests.support.makers import board, draft, issue, link, page, pull, unread

CANCELLED = {"state": "CLOSED", "state_reason": "NOT_PLANNED"}


def found(text, world, **more):
    """The findings on a page of that text."""
    one = page(text, **more)
    return find(Context(one, world))


def kinds(text, world, **more):
    """The kinds and lines of the changes."""
    return [(change.kind, change.line) for change in found(text, world, **more).changes]


def notes(text, world, **more):
    """The kinds, levels and lines of the notes."""
    return [(note.kind, note.level, note.line) for note in found(text, world, **more).notes]


ONE = f"- [ ] [a]({link(1)})\n"
TICKED = f"- [x] [a]({link(1)})\n"
TWO = f"- [ ] [a]({link(1)}) and [b]({link(2)})\n"
TWO_TICKED = f"- [X] [a]({link(1)}) and [b]({link(2)})\n"


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        pytest.param(ONE, [issue(1, "CLOSED")], [("tick", 1)], id="done"),
        pytest.param(ONE, [issue(1)], [], id="open"),
        pytest.param(ONE, [issue(1, **CANCELLED)], [], id="dropped"),
        pytest.param(ONE, [issue(1, "ODD")], [], id="unknown"),
        pytest.param(ONE, [], [], id="not-read"),
        pytest.param(TICKED, [issue(1, "CLOSED")], [], id="ticked-done"),
        pytest.param(TICKED, [issue(1)], [], id="ticked-open"),
        pytest.param(TICKED, [issue(1, **CANCELLED)], [], id="ticked-dropped"),
        pytest.param(TWO, [issue(1, "CLOSED"), issue(2, "CLOSED")], [("tick", 1)], id="both-done"),
        pytest.param(TWO, [issue(1, "CLOSED"), issue(2)], [], id="one-open"),
        pytest.param(TWO, [issue(1, "CLOSED")], [], id="one-unknown"),
        pytest.param(TWO, [issue(1, "CLOSED"), issue(2, **CANCELLED)], [], id="one-dropped"),
        pytest.param(ONE + ONE, [issue(1, "CLOSED")], [("tick", 1), ("tick", 2)], id="several-lines"),
        pytest.param(f"- [ ] ~~[a]({link(1)})~~\n", [issue(1, "CLOSED")], [], id="struck"),
        pytest.param(
            "- [ ] acme/rocket#1 <!-- roadmap-sync: known -->\n",
            [issue(1, "CLOSED")],
            [("tick", 1)],
            id="known-is-ticked",
        ),
        pytest.param("- [ ] a <!-- roadmap-sync: ignore --> acme/rocket#1\n", [issue(1, "CLOSED")], [], id="ignored"),
        pytest.param("- [ ] no link\n", [issue(1, "CLOSED")], [], id="no-reference"),
        pytest.param("- [ ] a <!-- roadmap-sync: PVTI_one -->\n", [draft(status="Shipped")], [("tick", 1)], id="draft"),
        pytest.param(
            f"- [ ] [a]({link(9)}) <!-- roadmap-sync: acme/rocket#1 -->\n",
            [issue(1, "CLOSED")],
            [("tick", 1)],
            id="pin-wins",
        ),
    ],
)
def test_tick(text, items, expected):
    """A box is ticked where every reference that decides is done, and in no other case."""
    assert kinds(text, board(*items)) == expected


def test_tick__sections():
    """Outside the config's sections nothing is touched or said."""
    text = f"# A\n\n{ONE}\n# B\n\n{ONE}"

    assert kinds(text, board(issue(1, "CLOSED")), sections=("B",)) == [("tick", 7)]


@pytest.mark.parametrize(
    ("text", "items", "repository", "expected"),
    [
        pytest.param(
            "- [ ] big/vendor#5 acme/rocket#1\n",
            [issue(1, "CLOSED"), issue(5, owner="big", repo="vendor")],
            "acme/rocket",
            [("tick", 1)],
            id="other-owner-is-context",
        ),
        pytest.param(
            "- [ ] acme/other#5 acme/rocket#1\n",
            [issue(1, "CLOSED"), issue(5, repo="other")],
            "acme/rocket",
            [],
            id="same-owner-counts",
        ),
        pytest.param(
            "- [ ] big/vendor#5 big/vendor#6\n",
            [issue(5, "CLOSED", owner="big", repo="vendor"), issue(6, owner="big", repo="vendor")],
            "acme/rocket",
            [],
            id="only-others",
        ),
        pytest.param(
            "- [ ] big/vendor#5 acme/rocket#1\n",
            [issue(1, "CLOSED"), issue(5, owner="big", repo="vendor")],
            "",
            [],
            id="repository-unknown",
        ),
        pytest.param(
            "- [ ] big/vendor#5 Acme/rocket#1\n",
            [issue(1, "CLOSED"), issue(5, owner="big", repo="vendor")],
            "ACME/rocket",
            [("tick", 1)],
            id="other-case",
        ),
    ],
)
def test_tick__owners(text, items, repository, expected):
    """Where a reference belongs to the page's owner, those of other owners do not decide."""
    assert kinds(text, board(*items), repository=repository) == expected


def test_judge_item__renamed_owner():
    """A reference that moved to the page's owner belongs to it, whatever the page spells."""
    world = board(extra={"old/rocket#1": issue(1, "CLOSED"), "big/vendor#5": issue(5, owner="big", repo="vendor")})
    item = page("- [ ] big/vendor#5 old/rocket#1\n").items[0]

    assert [one.reference.name for one in judge_item(item, world, page("").rules)] == ["old/rocket#1"]


def test_judge_item__one_item_twice():
    """Two spellings of one item count once; two that were not read count each."""
    world = board(extra={"old/rocket#1": issue(1), "acme/rocket#1": issue(1)})
    item = page("- [ ] old/rocket#1 acme/rocket#1 acme/rocket#2 acme/rocket#3\n").items[0]

    assert [one.reference.name for one in judge_item(item, world, page("").rules)] == [
        "old/rocket#1",
        "acme/rocket#2",
        "acme/rocket#3",
    ]


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        pytest.param(TICKED, [issue(1)], [("untick", 1)], id="open"),
        pytest.param(TWO_TICKED, [issue(1), issue(2, status="Backlog")], [("untick", 1)], id="all-open"),
        pytest.param(TWO_TICKED, [issue(1), issue(2, "CLOSED")], [], id="one-done"),
        pytest.param(TWO_TICKED, [issue(1)], [], id="one-unknown"),
        pytest.param(ONE, [issue(1)], [], id="open-box"),
        pytest.param(TICKED + ONE, [issue(1)], [], id="several-lines"),
        pytest.param(f"- [x] [a]({link(1, tail='#issuecomment-7')})\n", [issue(1)], [], id="comment-tail"),
        pytest.param(f"- [x] [a]({link(1, tail='/files')})\n", [pull(1)], [("untick", 1)], id="files-tail"),
        pytest.param(TICKED, [issue(1, **CANCELLED)], [], id="dropped"),
    ],
)
def test_untick(text, items, expected):
    """Only where asked, a ticked box over nothing but open references is opened."""
    world = board(*items)

    assert kinds(text, world, untick=True) == expected
    assert kinds(text, world) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"- [ ] [a]({link(1)})\n", f"- [ ] ~~[a]({link(1)})~~\n", id="plain"),
        pytest.param(f"- [ ]  a {link(1)} \n", f"- [ ]  ~~a {link(1)}~~ \n", id="trailing-blank"),
        pytest.param(
            "- [ ] a <!-- roadmap-sync: acme/rocket#1 -->  \n",
            "- [ ] ~~a~~ <!-- roadmap-sync: acme/rocket#1 -->  \n",
            id="pin",
        ),
        pytest.param(
            f"> - [ ] a\r\n>   b\r\n>   {link(1)}\r\n", f"> - [ ] ~~a\r\n>   b\r\n>   {link(1)}~~\r\n", id="wrapped"
        ),
        pytest.param(f"- [ ] ü\n{link(1)}", f"- [ ] ~~ü\n{link(1)}~~", id="lazy"),
    ],
)
def test_strike(before, after):
    """A dropped issue's words are struck from the box's gap to the trailing blanks and pin, over wrapped lines."""
    one = page(before, dropped="strike")
    changes = find(Context(one, board(issue(1, **CANCELLED)))).changes

    assert [change.kind for change in changes] == ["strike"]
    assert one.apply(changes[0].edits) == after.encode()


@pytest.mark.parametrize(
    ("text", "items", "more"),
    [
        pytest.param(ONE, [issue(1, **CANCELLED)], {"dropped": "note"}, id="not-asked-for"),
        pytest.param(TICKED, [issue(1, **CANCELLED)], {}, id="ticked"),
        pytest.param(ONE, [pull(1, "CLOSED")], {}, id="pull-request"),
        pytest.param(TWO, [issue(1, **CANCELLED), issue(2)], {}, id="one-open"),
        pytest.param(TWO, [issue(1, **CANCELLED), pull(2, "CLOSED")], {}, id="one-pull-request"),
        pytest.param(f"- [ ] ~5 [a]({link(1)})\n", [issue(1, **CANCELLED)], {}, id="tilde"),
        pytest.param("- [ ] \u3000acme/rocket#1\n", [issue(1, **CANCELLED)], {}, id="blank-that-is-no-gap"),
        pytest.param("- [ ] acme/rocket#1\\\n", [issue(1, **CANCELLED)], {}, id="backslash-at-the-end"),
        pytest.param(":::note\n- [ ] acme/rocket#1\n:::\n", [issue(1, **CANCELLED)], {}, id="container-end"),
        pytest.param("- [ ] acme/rocket#1\n{% endhint %}\n", [issue(1, **CANCELLED)], {}, id="shortcode-end"),
        pytest.param("<Tab>\n\n- [ ] acme/rocket#1\n</Tab>\n", [issue(1, **CANCELLED)], {}, id="tag-end"),
        pytest.param(ONE, [issue(1, **CANCELLED)], {"dialect": "mkdocs"}, id="mkdocs-without-strikes"),
        pytest.param("- [ ] <!-- roadmap-sync: acme/rocket#1 -->\n", [issue(1, **CANCELLED)], {}, id="no-words"),
    ],
)
def test_strike__noop(text, items, more):
    """In every other case a dropped item is only noted."""
    assert kinds(text, board(*items), **({"dropped": "strike"} | more)) == []


def test_strike__under_a_container_end():
    """What ends a container right above the line does not keep it from being struck."""
    assert kinds(":::\n- [ ] acme/rocket#1\n", board(issue(1, **CANCELLED)), dropped="strike") == [("strike", 2)]


@pytest.mark.parametrize(
    ("text", "item", "more", "shown", "said"),
    [
        pytest.param(ONE, issue(1, "CLOSED"), {}, ("[ ]", "[x]"), f" [a]({link(1)})", id="tick"),
        pytest.param(
            "> * [X] acme/rocket#1\n", issue(1), {"untick": True}, ("[X]", "[ ]"), " acme/rocket#1", id="untick"
        ),
        pytest.param(
            "1. [ ] acme/rocket#1 X\n",
            issue(1, **CANCELLED),
            {"dropped": "strike"},
            ("[ ]", "struck"),
            " acme/rocket#1 X",
            id="strike",
        ),
    ],
)
def test_what_a_report_shows_of_a_change(text, item, more, shown, said):
    """The box before and after, and the words behind it, wherever in its line the box is."""
    (change,) = found(text, board(item), **more).changes
    kind = kind_of(change.kind)

    assert kind.boxes(change) == shown
    assert kind.words(change) == said


def test_change__keeps_the_last_letter():
    """What ends a changed line is its line end and nothing else."""
    (change,) = found("- [ ] acme/rocket#1 XX\r\n", board(issue(1, "CLOSED"))).changes

    assert change.after == "- [x] acme/rocket#1 XX"


def test_strike__mkdocs_that_strikes():
    """A MkDocs page that strikes an item already may have another struck."""
    text = ONE + "- [ ] ~~old~~\n"

    assert kinds(text, board(issue(1, **CANCELLED)), dropped="strike", dialect="mkdocs") == [("strike", 1)]


MERGED = ClosingPull("acme", "rocket", 8, "MERGED")


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        pytest.param(ONE, issue(1), [], id="open-under-open"),
        pytest.param(ONE, issue(1, "CLOSED"), [], id="done-under-open"),
        pytest.param(TICKED, issue(1, "CLOSED"), [], id="done-under-ticked"),
        pytest.param(TICKED, issue(1, **CANCELLED), [("ticked-over-dropped", "info", 1)], id="dropped-under-ticked"),
        pytest.param(ONE, issue(1, **CANCELLED), [("dropped", "attention", 1)], id="dropped"),
        pytest.param(ONE, pull(1, "CLOSED"), [("dropped", "attention", 1)], id="closed-unmerged"),
        pytest.param(ONE, issue(1, status="Backlog", **CANCELLED), [("dropped", "attention", 1)], id="dropped-backlog"),
        pytest.param(
            ONE,
            issue(1, status="Shipped", **CANCELLED),
            [("done-but-cancelled", "attention", 1)],
            id="done-but-cancelled",
        ),
        pytest.param(
            TICKED,
            issue(1, status="Shipped", **CANCELLED),
            [("done-but-cancelled", "attention", 1)],
            id="cancelled-ticked",
        ),
        pytest.param(ONE, issue(1, "ODD"), [("unknown", "attention", 1)], id="unknown"),
        pytest.param(TICKED, issue(1, "ODD"), [("unknown", "info", 1)], id="unknown-ticked"),
        pytest.param(TICKED, issue(1), [("ticked-over-open", "info", 1)], id="ticked-over-open"),
        pytest.param(TICKED, issue(1, status="Backlog"), [("ticked-over-open", "info", 1)], id="ticked-over-status"),
        pytest.param(ONE, pull(1, "MERGED", "Backlog"), [("merged-not-done", "info", 1)], id="merged-not-done"),
        pytest.param(
            TICKED, pull(1, "MERGED", "Backlog"), [("merged-not-done", "info", 1)], id="merged-not-done-ticked"
        ),
        pytest.param(ONE, issue(1, "CLOSED", "Backlog"), [("closed-not-done", "info", 1)], id="closed-not-done"),
        pytest.param(ONE, issue(1, on_board=True), [("empty-status", "info", 1)], id="empty-status"),
        pytest.param(ONE, issue(1, "CLOSED", on_board=True), [("empty-status", "info", 1)], id="empty-status-done"),
        pytest.param(ONE, issue(1, closing=(MERGED,)), [("looks-done", "attention", 1)], id="looks-done"),
        pytest.param(
            ONE,
            issue(1, status="Working on it", closing=(MERGED,)),
            [("looks-done", "attention", 1)],
            id="looks-done-status",
        ),
        pytest.param(TICKED, issue(1, closing=(MERGED,)), [("ticked-over-open", "info", 1)], id="looks-done-ticked"),
        pytest.param(
            ONE, issue(1, closing=(MERGED, ClosingPull("acme", "rocket", 9, "OPEN"))), [], id="one-closing-still-open"
        ),
        pytest.param(ONE, issue(1, closing=(ClosingPull("a", "b", 9, "MERGED", True),)), [], id="private-closing"),
        pytest.param(ONE, issue(1, closing=()), [], id="no-closing"),
    ],
)
def test_notes(text, item, expected):
    """Each kind of note is made where it is due, at its level, and nowhere else."""
    assert notes(text, board(item)) == expected


def test_notes__looks_done_asks_issues_only():
    """A pull request has no closing pull requests to speak of."""
    assert notes(ONE, board(pull(1, "OPEN", closing=(MERGED,)))) == []


def test_notes__draft():
    """A draft with an empty Status is unknown, as info, and says it once."""
    assert notes("- [ ] a <!-- roadmap-sync: PVTI_one -->\n", board(draft())) == [("unknown", "info", 1)]


def test_notes__moved():
    """An item that lives elsewhere today is said so, unless nothing may be said of it."""
    moved = issue(1, owner="new", repo="rocket")
    said = found("- [ ] acme/rocket#1\n", board(extra={"acme/rocket#1": moved})).notes
    hidden = issue(1, owner="new", repo="rocket", is_private=True)

    assert [(n.kind, n.level, n.message) for n in said] == [("moved-repository", "info", "now new/rocket#1")]
    assert notes("- [ ] acme/rocket#1\n", board(extra={"acme/rocket#1": hidden})) == [("unknown", "attention", 1)]


@pytest.mark.parametrize(
    ("text", "items", "expected"),
    [
        pytest.param(TWO, [issue(1, "CLOSED"), issue(2)], [("ambiguous", "attention", 1)], id="done-and-open"),
        pytest.param(TWO, [issue(1, "CLOSED")], [("ambiguous", "attention", 1)], id="done-and-unknown"),
        pytest.param(TWO, [issue(1), issue(2, **CANCELLED)], [("dropped", "attention", 1)], id="open-and-dropped"),
        pytest.param(TWO, [issue(1), issue(2)], [], id="both-open"),
        pytest.param(TWO, [issue(1, "CLOSED"), issue(2, "CLOSED")], [], id="both-done"),
        pytest.param(TWO_TICKED, [issue(1, "CLOSED"), issue(2)], [("ticked-over-open", "info", 1)], id="ticked"),
    ],
)
def test_notes__several_references(text, items, expected):
    """References that disagree leave the box, and are noted once."""
    assert notes(text, board(*items)) == expected


def test_notes__ambiguous_says_what_each_is():
    """The note names each reference with its verdict."""
    note = found(TWO, board(issue(1, "CLOSED"), issue(2))).notes[0]

    assert note.message == (
        "its references disagree, so the box is left: acme/rocket#1 done (closed); acme/rocket#2 open (the issue is open)"
    )
    assert note.reference.name == "acme/rocket#1"


def test_notes__strike_is_no_note():
    """What is struck is not noted as dropped as well."""
    assert notes(ONE, board(issue(1, **CANCELLED)), dropped="strike") == []


def test_notes__untick_is_no_note():
    """What is unticked is not noted as ticked over open."""
    assert notes(TICKED, board(issue(1)), untick=True) == []


def test_notes__known():
    """`known` silences the notes of its item."""
    assert notes("- [x] acme/rocket#1 <!-- roadmap-sync: known -->\n", board(issue(1))) == []


def test_notes__absent_from_snapshot():
    """References that the snapshot lacks are one note, at the first line, each counted once."""
    absent = {f"acme/rocket#{n}": Unread("not in it", absent_from_snapshot=True) for n in (2, 3)}
    text = "- [ ] acme/rocket#1\n- [x] acme/rocket#2\n- [ ] acme/rocket#3\n- [ ] acme/rocket#3\n"
    said = found(text, board(issue(1), extra=absent)).notes

    assert [(n.kind, n.line, n.message) for n in said] == [("unknown", 2, "2 references are not in the snapshot")]


def test_notes__one_absent_from_snapshot():
    """One is said in the singular; a known line is not counted."""
    absent = {f"acme/rocket#{n}": Unread("not in it", absent_from_snapshot=True) for n in (2, 3)}
    text = "- [ ] acme/rocket#2\n- [ ] acme/rocket#3 <!-- roadmap-sync: known -->\n"

    assert [n.message for n in found(text, board(extra=absent)).notes] == ["1 reference is not in the snapshot"]


def test_notes__not_rendered():
    """A list that MkDocs shows as text is one note."""
    text = "text\n- [ ] a\n- [ ] b\n"

    assert notes(text, board(), dialect="mkdocs") == [("not-rendered", "info", 2)]
    assert notes(text, board(), dialect="github") == []
    assert found(text, board(), dialect="mkdocs").notes[0].message == (
        "MkDocs shows this list as text: it wants a blank line before it, and `1.` rather than `1)`"
    )


def test_notes__say_why_and_where():
    """A note carries the reference, its URL where GitHub answered, and the evidence."""
    note = found(ONE, board(pull(1, "CLOSED", closed_at="2024-05-04T00:00:00Z"))).notes[0]

    assert note.message == "closed without a merge 2024-05-04; the box is open"
    assert (note.reference.name, note.url) == ("acme/rocket#1", "https://github.com/acme/rocket/pull/1")


@pytest.mark.parametrize(
    ("text", "item", "message"),
    [
        (TICKED, issue(1, status="Backlog"), 'ticked, but Status "Backlog"'),
        (ONE, pull(1, "MERGED", "Backlog"), 'merged, but Status "Backlog"'),
        (ONE, issue(1, "CLOSED", "Backlog"), 'closed, but Status "Backlog"'),
        (ONE, issue(1, on_board=True), "on the board with an empty Status"),
        (ONE, issue(1, closing=(MERGED,)), "the issue is open, but every pull request that closes it is merged"),
    ],
)
def test_notes__messages(text, item, message):
    """The sentence is the evidence."""
    assert [note.message for note in found(text, board(item)).notes] == [message]


def test_notes__unread_reason():
    """A reference that was not answered for says why."""
    world = board(extra={"acme/rocket#1": unread("it was not found")})

    assert [(n.message, n.url) for n in found(ONE, world).notes] == [("it was not found", "")]
    assert [n.message for n in found(ONE, board()).notes] == ["it was not read"]


def test_change__fields():
    """A change says where, what, on whose word and why."""
    text = f"# A\n\n## B\n\n> * [ ]  [a]({link(1, 'pull', tail='#issuecomment-2')}) ü\r\n"
    item = pull(1, "MERGED", "Shipped", merged_at="2024-06-26T00:00:00Z")
    (change,) = found(text, board(item)).changes

    assert (change.kind, change.line, change.end_line, change.column, change.area) == ("tick", 5, 5, 6, "A > B")
    assert (change.reference.name, change.title, change.url) == ("acme/rocket#1", "Title 1", link(1, "pull"))
    assert (change.status, change.verdict, change.rule) == ("Shipped", "done", 3)
    assert change.because == 'Status "Shipped", merged 2024-06-26'
    assert change.before.replace("[ ]", "[x]") == change.after
    assert change.after == f"> * [x]  [a]({link(1, 'pull', tail='#issuecomment-2')}) ü"
    assert change.identity == ("tick", item.id, 1)
    assert (change.after_line, change.caused) == (None, True)


def test_change__off_the_board():
    """Off the board there is no Status to name."""
    (change,) = found(ONE, board(issue(1, "CLOSED"))).changes

    assert change.status is None
    assert change.edits[0].new == b"x"


def test_change__occurrences_count_over_the_page():
    """The lines about one item are told apart by their count, whatever their headings."""
    text = f"# A\n\n{ONE}{ONE}\n# B\n\n{ONE}"

    assert [(change.area, change.occurrence) for change in found(text, board(issue(1, "CLOSED"))).changes] == [
        ("A", 1),
        ("A", 2),
        ("B", 3),
    ]


def test_change__a_line_keeps_its_number():
    """Which line of several is meant does not hang on what is ticked already."""
    text = f"# A\n\n{ONE.replace('[ ]', '[x]')}{ONE}"

    assert [change.occurrence for change in found(text, board(issue(1, "CLOSED"))).changes] == [2]


def test_places():
    """Each line that may be touched has its name and the verdict that its references share, whatever its box."""
    text = f"# A\n\n{ONE.replace('[ ]', '[x]')}{ONE}- [ ] acme/rocket#1, acme/rocket#2\n- [ ] none\n"
    on = page(text)

    said = [
        (p.item.line, p.item_id, p.area, p.occurrence, p.outcome) for p in judged_lines(on, board(issue(1, "CLOSED")))
    ]

    assert said == [
        (3, "I_acme_rocket_1", "A", 1, "done"),
        (4, "I_acme_rocket_1", "A", 2, "done"),
        (5, "I_acme_rocket_1", "A", 3, ""),
    ]


def test_change__several_references():
    """The evidence of several references names each."""
    (change,) = found(TWO, board(issue(1, "CLOSED"), issue(2, "CLOSED"))).changes

    assert change.because == "acme/rocket#1 closed; acme/rocket#2 closed"


def test_change__untick_and_strike_lines():
    """An untick empties the box; a strike shows all its lines."""
    (untick,) = found(TICKED, board(issue(1)), untick=True).changes
    (strike,) = found(f"- [ ] a\r\n  {link(1)}\r\n- [ ] b\n", board(issue(1, **CANCELLED)), dropped="strike").changes

    assert untick.after == f"- [ ] [a]({link(1)})"
    assert (strike.line, strike.end_line) == (1, 2)
    assert strike.before == f"- [ ] a\n  {link(1)}"
    assert strike.after == f"- [ ] ~~a\n  {link(1)}~~"


def test_is_touchable():
    """A line may be touched where it refers to something and no person took it out."""
    one = page("- [ ] a\n- [ ] a/b#1\n- [ ] ~~a/b#1~~\n- [ ] a/b#1 <!-- roadmap-sync: ignore -->\n")

    assert [is_touchable(one, item) for item in one.items] == [False, True, False, False]


GUESS = 'Status "Shipped", which sounds done, but the issue is still open'


def test_a_guess_is_noted_and_unticks_nothing():
    """A Status that only sounds done opens no box, ticked or not, alone or beside an open item."""
    guess, more = issue(1, status="Shipped"), {"done": None, "untick": True}
    (note,) = found(TICKED, board(guess), **more).notes

    assert (note.kind, note.message) == ("guessed-done", f"{GUESS}; name the done Statuses in the config to decide it")
    assert kinds(TICKED, board(guess), **more) == kinds(TWO_TICKED, board(guess, issue(2)), **more) == []
    assert notes(TICKED, board(issue(1, status="Shipped", closing=(MERGED,))), **more) == [("guessed-done", "info", 1)]


@pytest.mark.parametrize(
    ("text", "item", "said"),
    [
        pytest.param(TICKED, issue(1, **CANCELLED), ["ticked, but closed as not planned"], id="ticked-over-dropped"),
        pytest.param(TICKED, issue(1), ["ticked, but the issue is open"], id="ticked-over-open"),
        pytest.param(
            ONE, issue(1, "CLOSED", open_sub_issues=1), ["done, but of its sub-issues 1 is open"], id="sub-issue"
        ),
        pytest.param(
            ONE, issue(1, "CLOSED", open_sub_issues=2), ["done, but of its sub-issues 2 are open"], id="sub-issues"
        ),
        pytest.param(ONE, issue(1, open_sub_issues=2), [], id="sub-issues-of-an-open-one"),
        pytest.param(
            "- [\u00a0] acme/rocket#1\n",
            issue(1),
            [
                (
                    "what looks like a box is none: it wants a plain blank or an x between its brackets, "
                    "and a blank after them"
                )
            ],
            id="near-box",
        ),
    ],
)
def test_what_a_note_says(text, item, said):
    """The sentence of a note, word by word."""
    assert [note.message for note in found(text, board(item)).notes] == said


def test_notes__sub_issues():
    """Open sub-issues of a done item are a note of their own kind."""
    assert notes(ONE, board(issue(1, "CLOSED", open_sub_issues=1))) == [("open-sub-issues", "info", 1)]


LEFT = f"- [ ] [#2]({link(1)}) acme/rocket#3\n"


def test_a_line_that_is_left():
    """It is not touched, is said with its first reference, and does not count among the lines about its item."""
    world, whole = board(issue(1, "CLOSED"), issue(3, "CLOSED")), page(LEFT + ONE)
    result = find(Context(whole, world))

    assert [is_touchable(whole, item) for item in whole.items] == [False, True]
    assert [(change.line, change.occurrence) for change in result.changes] == [(2, 1)]
    assert [(one.kind, one.line, one.reference.name) for one in result.notes] == [("contradicts", 1, "acme/rocket#1")]


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        pytest.param(LEFT.replace("\n", " <!-- roadmap-sync: known -->\n"), {}, [], id="known"),
        pytest.param(f"# A\n\n{LEFT}\n# B\n", {"sections": ("B",)}, [], id="elsewhere"),
        pytest.param(
            "- [ ] [a](../../issues/1)\n", {"repository_written": False}, [("relative-link", None)], id="relative"
        ),
    ],
)
def test_notes__left(text, more, expected):
    """Nothing is said of a line that is known or not looked at; a link that leads nowhere has no reference."""
    world = board(issue(1))

    assert [(note.kind, note.reference) for note in found(text, world, **more).notes] == expected
