"""What pull requests remember, and what follows from it, as pure values."""

from dataclasses import replace

import pytest

from roadmap_sync.errors import InputError, RefusedError
from roadmap_sync.page.history import History
from roadmap_sync.plan.plan import make_page_plan
from roadmap_sync.pull_request.aim import aim, keys_of, without
from roadmap_sync.pull_request.memory import (
    MOST_KEYS,
    Record,
    Trailer,
    block,
    digest_of,
    key_of,
    page_letters,
    remark,
    remarks_in,
    rewritten,
    spliced,
)
from roadmap_sync.pull_request.scene import Branch, Pull, Scene, Tip
from roadmap_sync.pull_request.steps import Comment, FastForward, Merge, Rest, Update, Write, next_step
from roadmap_sync.report import pull_request
from tests.support.makers import board, issue, link, page, unread

TEXT = f"# A\n\n- [ ] [One]({link(1)})\n- [ ] [Two]({link(2)})\n- [ ] [One again]({link(1)})\n"
DONE = board(issue(1, "OPEN", "Shipped"), issue(2, "OPEN", "Shipped"))


def keys(count, path="roadmap.md"):
    """So many keys of a page."""
    return frozenset(key_of(path, ("tick", f"I_{number}", 1)) for number in range(count))


def pull(number=1, state="OPEN", body="", **more):
    """A pull request of ours."""
    known = {"is_ours": True, "record": Record.from_body(body)} | more
    return Pull(f"PR_{number}", number, f"https://x/{number}", state, "Title", body, "main", **known)


def scene(base=TEXT, there=None, *pulls, **more):
    """A scene with one page; without `there` there is no branch."""
    known = {"ahead": 1, "behind": 0, "is_ours": False} | more
    branch = None if there is None else Branch("R", Tip("b" * 40, (as_page(there),)), **known)
    return Scene(("roadmap.md",), Tip("a" * 40, (as_page(base),)), branch, pulls)


def as_page(text):
    """A page, or the error given."""
    return page(text) if isinstance(text, str) else text


# Keys and records ------------------------------------------------------------------------------------------


def test_keys_tell_pages_and_changes_apart():
    """A key begins with its page's letters; kind, item, area and occurrence all count."""
    one = key_of("a.md", ("tick", "I_1", 1))
    others = [
        key_of("b.md", ("tick", "I_1", 1)),
        key_of("a.md", ("untick", "I_1", 1)),
        key_of("a.md", ("tick", "I_2", 1)),
        key_of("a.md", ("tick", "I_1", 2)),
    ]

    assert len(one) == 10
    assert one not in others
    assert one.startswith(page_letters("a.md"))


def test_digests_know_where_a_text_ends():
    """Two texts are not one."""
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("a") == digest_of(b"a")


RECORD = Record(3, "01234567", "89abcdef", keys(2), {next(iter(keys(1, "b.md"))): 41}, is_retired=True, is_over=True)


def test_a_record_comes_back():
    """What was written into a body is read from it."""
    assert Record.from_body(f"Words.\n{block('More.', RECORD)}\nEnd.") == RECORD
    assert "--" not in RECORD.text.removeprefix("<!--").removesuffix("-->")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- roadmap-sync:record {} -->",
        "<!-- roadmap-sync:record {broken -->",
        RECORD.text.replace('"v":1', '"v":2'),
        RECORD.text.replace('"serial":3', '"serial":[]'),
        RECORD.text.replace('"no":{', '"no":[').replace('"},', '"],'),
        '<!-- roadmap-sync:record {"v":1,"serial":1,"digest":"","title":"","made":1,"no":{},"retired":0,"over":0} -->',
    ],
    ids=["none", "empty", "no JSON", "version", "kind", "list", "number"],
)
def test_a_record_that_a_person_changed_is_none(body):
    """Then nothing is remembered, and nothing breaks."""
    assert Record.from_body(body) is None


def test_a_record_fits():
    """What the branch holds goes before what was declined last, and the rest is forgotten."""
    old, new = (keys(MOST_KEYS, f"{name}.md") for name in ("old", "new"))
    record = Record(made=keys(10), declined=dict.fromkeys(old, 1) | dict.fromkeys(new, 2))

    kept = record.kept

    assert kept.made == keys(10)
    assert set(kept.declined) < new
    assert len(kept.declined) == MOST_KEYS - 10
    assert len(record.kept.text) < 5_536
    assert kept.kept == kept


def test_bodies_are_spliced():
    """Our part is renewed where it is, and put at the end where it is not."""
    ours, new = block("Old.", RECORD), block("New.", Record())

    assert spliced("", new) == new
    assert spliced(f"A\r\n{ours}\r\nB", new) == f"A\n{new}\nB"
    assert spliced("A\n", new) == f"A\n\n{new}"


def test_remarks():
    """A comment's mark is found in it."""
    assert remarks_in(f"Words\n{remark('conflict', 'abc123')}") == {remark("conflict", "abc123")}
    assert remarks_in("Words") == frozenset()


@pytest.mark.parametrize(
    "trailer",
    [
        Trailer("01234567", keys(3)),
        Trailer("01234567", frozenset()),
        Trailer("", keys(1)),
        Trailer("", keys(1), is_shared=True),
    ],
    ids=["commit", "nothing", "merge", "shared"],
)
def test_trailers_come_back(trailer):
    """The last trailer of a message counts."""
    message = f"Roadmap: 1 tick\n\n{Trailer('89abcdef', keys(9)).text}\n\n{trailer.text}\n"

    assert Trailer.from_message(message) == trailer


def test_a_commit_without_a_trailer_is_not_ours():
    """Words that look alike do not count."""
    assert Trailer.from_message("Roadmap: 1 tick\n\nWe use Roadmap-Sync: yes") is None


# Leaving changes out ---------------------------------------------------------------------------------------


def test_without_what_was_declined():
    """The plan is smaller, guarded again, and proved although the board calls for more."""
    whole = make_page_plan(page(TEXT, guards={"tick": 2, "untick": 5, "strike": 5, "add": 10, "move": 2}), DONE)
    assert whole.refusal is not None
    declined = key_of("roadmap.md", whole.changes[0].identity)

    less = without(whole, {declined}, DONE)

    assert [change.line for change in less.changes] == [4, 5]
    assert (less.refusal, less.error) == (None, None)
    assert b"- [ ] [One](" in less.result
    assert b"- [x] [One again]" in less.result
    assert without(whole, (), DONE) is whole


def test_without_is_proved():
    """A plan that would call for something else than what was left out is not written."""
    whole = make_page_plan(page(TEXT), board(issue(1, "OPEN", "Shipped")))
    declined = key_of("roadmap.md", whole.changes[0].identity)

    less = without(whole, {declined}, DONE)

    assert isinstance(less.error, RefusedError)
    failed = replace(whole, error=RefusedError("x"))
    assert without(failed, {declined}, DONE) is failed


# Scenes ----------------------------------------------------------------------------------------------------


def test_a_tip_without_histories_has_empty_ones():
    """They are asked only where something may be added."""
    known = History(frozenset({"acme/rocket#1"}))
    tip = Tip("a", (page(TEXT),))

    assert tip.history(0) == History()
    assert replace(tip, histories=(known,)).history(0) is known


def test_without_a_commit_of_ours_the_record_tells_what_the_branch_holds():
    """A person who squashed the branch took our trailers away."""
    ticked = TEXT.replace("[ ] [One](", "[x] [One](")
    made = key_of("roadmap.md", ("tick", "I_acme_rocket_1", 1))
    now = pull(body=Record(made=frozenset({made})).text)
    moved_back = board(issue(1, "OPEN", "Backlog"), issue(2, "OPEN", "Backlog"))

    wanted = aim(scene(TEXT, ticked, now), moved_back)
    stranger = aim(scene(TEXT, ticked, replace(now, is_ours=False, record=None)), moved_back)

    assert wanted.files == ((0, TEXT.encode()),)
    assert stranger.files == ()


def test_what_a_person_ticks_again_is_theirs():
    """Undone here, and then done by hand: not taken back when the board moves on."""
    made = key_of("roadmap.md", ("tick", "I_acme_rocket_1", 1))
    now = pull(body=Record(declined={made: 1}).text)
    ticked = TEXT.replace("[ ] [One](", "[x] [One](")

    wanted = aim(scene(TEXT, ticked, now, made=frozenset({made})), DONE)

    (file,) = wanted.files
    assert b"[x] [One](" in file[1]


def test_a_plan_that_cannot_be_made_on_the_branch_leaves_the_page():
    """A person's page there that our proofs refuse is left as it is."""
    twice = "- [ ] [One](https://github.com/acme/rocket/issues/1) <!-- roadmap-sync: acme/rocket#9 -->\n"
    declined = key_of("roadmap.md", ("tick", "I_acme_rocket_2", 1))
    odd = replace(DONE, answers=dict(DONE.answers) | {"acme/rocket#9": unread()})

    wanted = aim(scene(TEXT, TEXT + twice, pull(body=Record(declined={declined: 9}).text)), odd)

    assert wanted.record.declined == {declined: 9}
    assert wanted.files


def test_a_plan_that_is_not_proved_on_the_branch_leaves_the_page(monkeypatch):
    """The page there is left as it is, and the run says why."""
    theirs = TEXT + "\nWords.\n"

    def planned(on, *given):
        plan = make_page_plan(on, *given)
        return replace(plan, error=RefusedError("not proved")) if on.data == theirs.encode() else plan

    monkeypatch.setattr("roadmap_sync.pull_request.aim.make_page_plan", planned)
    wanted = aim(scene(TEXT, theirs), DONE)

    assert (wanted.files, wanted.plan.pages[0].error.what) == ((), "not proved")


def test_a_page_that_is_not_there_is_left_alone():
    """On the base it has no plan, on the branch nothing is written."""
    missing = InputError("no such file", where="roadmap.md")

    assert aim(scene(missing, TEXT), DONE).is_empty
    on_branch = aim(scene(TEXT, missing), DONE)
    assert (on_branch.files, on_branch.plan.pages[0].error) == ((), missing)


# Steps -----------------------------------------------------------------------------------------------------


def test_a_branch_of_its_own_is_moved_forward():
    """One without commits is not merged into."""
    assert isinstance(step(scene(TEXT, TEXT, ahead=0, behind=2, is_ours=True)), FastForward)


def step(on, conflict="", answers=DONE):
    """The next step of a scene."""
    return next_step(on, aim(on, answers), conflict)


def test_merge_before_write():
    """The base is taken in first; what is due is written then."""
    assert isinstance(step(scene(TEXT, TEXT, behind=1)), Merge)
    assert isinstance(step(scene(TEXT, TEXT)), Write)


def test_a_conflict_that_github_no_longer_sees():
    """Where the branch has all of the base there is nothing to merge, whatever is said of it."""
    ticked = make_page_plan(page(TEXT), DONE).result.decode()
    now = pull(is_conflicting=True)

    assert isinstance(step(scene(TEXT, ticked, now)), Update)


def test_a_conflict_is_said_once():
    """First tried, then said, then left."""
    now = pull(is_conflicting=True)
    on = scene(TEXT, TEXT, now, behind=1)
    head = "b" * 40
    mark = remark("conflict", head[:12])

    assert isinstance(step(on), Merge)
    assert step(on, head) == Comment(now, "conflict", mark)
    said = replace(now, said=frozenset({mark}))
    assert step(scene(TEXT, TEXT, said, behind=1)) == Rest("conflict", said)


def test_a_record_missing_in_what_is_closed():
    """Even a pull request whose mark a person took out is closed by us when nothing is left."""
    idle = board(issue(1, "OPEN", "Backlog"), issue(2, "OPEN", "Backlog"))
    now = pull(number=7)
    on = scene(TEXT, TEXT, now, is_ours=True)

    assert step(on, answers=idle) == Comment(now, "closed", remark("closed", "7"))
    said = replace(now, said=frozenset({remark("closed", "7")}))
    closing = step(scene(TEXT, TEXT, said, is_ours=True), answers=idle)
    assert isinstance(closing, Update)
    assert closing.is_closing
    assert closing.record.is_retired


# Words -----------------------------------------------------------------------------------------------------


def test_a_body_always_fits():
    """The details give way before a person's words do, and those before the limit."""
    on = scene()
    wanted = aim(on, DONE)
    record = pull_request.titled(wanted, wanted.record)

    words = "x" * (pull_request.LARGEST - len(pull_request.body(wanted, record)))
    short = pull_request.body(wanted, record, words)
    alone = pull_request.body(wanted, record, "x" * 70_000)

    assert len(short) <= pull_request.LARGEST
    assert short.startswith(words)
    assert "The details do not fit here." in short
    assert "xxx" not in alone
    assert Record.from_body(alone) == record


def test_many_left_out_are_counted():
    """Twenty are listed, the rest is a number."""
    text = "# A\n\n" + "".join(f"- [ ] [Item]({link(number)})\n" for number in range(1, 31))
    done = board(*(issue(number, "OPEN", "Shipped") for number in range(1, 31)))
    whole = make_page_plan(page(text), done)
    declined = dict.fromkeys(keys_of(whole), 4)
    closed = pull(4, "CLOSED", Record(declined=declined).text)

    wanted = aim(scene(text, None, closed), done)

    assert len(wanted.left_out) == 30
    assert "* and 10 more" in pull_request.body(wanted, wanted.record)


def test_a_body_without_a_record_is_not_renewed():
    """There is nothing to renew in it."""
    assert rewritten("Words.", RECORD) == "Words."


def test_a_record_that_is_written_otherwise_is_renewed():
    """Blanks that a person put into it do not keep it from being renewed: it would be tried for ever."""
    old = Record(serial=3, made=keys(2))
    body = "Hers.\n\n" + block("Ours.", old).replace('","', '", "')
    assert Record.from_body(body) == old

    renewed = rewritten(body, replace(old, made=frozenset()))

    assert Record.from_body(renewed) == replace(old, made=frozenset())
    assert renewed.startswith("Hers.\n\n<!-- roadmap-sync:begin -->\nOurs.\n")
