"""Which items a line without a reference may be about, and when one stands out."""

from dataclasses import replace

import pytest

from roadmap_sync.board.facts import Facts
from roadmap_sync.board.model import Board, ClosingPull, Item
from roadmap_sync.page.model import Page
from roadmap_sync.suggest.candidates import Link, Linker, find_mentions, is_linkable, with_mentions
from tests.support import makers
from tests.support.makers import draft, issue, pull

WINDLASS = issue(1, title="Varnish the windlass", status="Backlog")


def board(*items: Item, named: tuple[Item, ...] = (), **more: object) -> Board:
    """A board of these items; it answers for those that the page names."""
    return replace(makers.board(*named), items=items, **more)


def links(text: str, *items: Item, named: tuple[Item, ...] = (), **more: object) -> tuple[Link, ...]:
    """What is proposed for a page."""
    return Linker(makers.page(text, **more), board(*items, named=named)).propose()


def one(text: str, *items: Item, named: tuple[Item, ...] = ()) -> Link:
    """What is proposed for the last line of a page."""
    return links(text, *items, named=named)[-1]


PROPOSED = {
    "the same words": ("Varnish the windlass", ""),
    "a link to elsewhere": ("[Varnish windlass](https://example.com)", ""),
    "one word of two": ("Oil the windlass", "too few telling words in common"),
    "a word more": ("Varnish the windlass twice", "its score is below 92"),
    "a word more beside much in common": ("Varnish the windlass of oak and brass twice", ""),
    "words of their own": (
        "Varnish the windlass of oak, brass and tar",
        "each of the two has telling words of its own",
    ),
    "no word": ("Zebra", ""),
}


@pytest.mark.parametrize(("line", "against"), PROPOSED.values(), ids=PROPOSED)
def test_an_item_that_stands_out(line: str, against: str) -> None:
    """An item is proposed where enough telling words are shared, else the line says why not."""
    item = replace(WINDLASS, title="Varnish the windlass of oak and brass") if "brass" in line else WINDLASS
    if "tar" in line:
        item = replace(item, title="Varnish the windlass of oak and brass now")
    link = one(f"- [ ] {line}\n", item)

    assert link.against == against
    assert (link.proposed is None) == bool(against or not link.candidates)
    assert [candidate.item for candidate in link.candidates] == [item] * (line != "Zebra")


def test_two_alike() -> None:
    """Where the next one is near, none is proposed, and it is said which; the issue comes before the pull request."""
    rival = pull(2, title="Varnish: windlass")
    link = one("- [ ] Varnish the windlass\n", rival, WINDLASS)

    assert [candidate.item for candidate in link.candidates] == [WINDLASS, rival]
    assert (link.proposed, link.against) == (None, "acme/rocket#2 is nearly as like the line")


SAME_WORK = {
    "closes it": (Facts(), None, Facts(closes=("acme/rocket#1",))),
    "is closed by it": (Facts(closed_by=("acme/rocket#2",)), None, None),
    "duplicate": (None, None, Facts(duplicate_of="acme/rocket#1")),
    "known by its look-up": (None, (ClosingPull("acme", "Rocket", 2, "OPEN"),), None),
}


@pytest.mark.parametrize(("facts", "closing", "rivals"), SAME_WORK.values(), ids=SAME_WORK)
def test_two_of_one_work(facts: Facts | None, closing: tuple[ClosingPull, ...] | None, rivals: Facts | None) -> None:
    """An issue and the pull request that closes it are no rivals: the issue is proposed."""
    mine = replace(WINDLASS, facts=facts, closing=closing)
    link = one("- [ ] Varnish the windlass\n", pull(2, title="Varnish: windlass", facts=rivals), mine)

    assert link.proposed
    assert link.proposed.item == mine


def test_one_item_for_two_lines() -> None:
    """What two lines may be about is proposed for neither."""
    found = links("- [ ] Varnish the windlass\n\n# Later\n\n- [ ] varnish windlass\n", WINDLASS)

    assert [link.against for link in found] == ["line 5 is about it as well", "line 1 is about it as well"]
    assert [link.proposed for link in found] == [None, None]


def test_an_item_that_another_line_names() -> None:
    """What the checklist refers to already is shown, but not proposed again."""
    text = "- [ ] Varnish the windlass\n- [ ] [Windlass](https://github.com/acme/rocket/issues/1)\n"
    link = links(text, WINDLASS, named=(WINDLASS,))[0]

    assert (link.proposed, link.against) == (None, "line 2 refers to it already")
    assert [candidate.item for candidate in link.candidates] == [WINDLASS]


def test_unknown_references_of_other_lines() -> None:
    """A reference that GitHub did not answer for takes nothing away."""
    text = "- [ ] Varnish the windlass\n- [ ] [Mast](https://github.com/acme/rocket/issues/7)\n"

    assert links(text, WINDLASS)[0].proposed


LEFT_ALONE = {
    "struck": "~~Varnish the windlass~~",
    "ignored": "Varnish the windlass <!-- roadmap-sync: ignore -->",
    "pinned": "Varnish the windlass <!-- roadmap-sync: acme/rocket#1 -->",
}


@pytest.mark.parametrize("line", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_lines_left_alone(line: str) -> None:
    """Struck, ignored and pinned lines get no proposal."""
    assert links(f"- [ ] {line}\n", WINDLASS) == ()


def test_sections() -> None:
    """Only lines that the config's sections select may get a pin."""
    page = makers.page("# One\n\n- [ ] Varnish\n\n# Two\n\n- [ ] Varnish\n", sections=("Two",))

    assert [is_linkable(page, item) for item in page.items] == [False, True]


PRIVATE = {
    "a public page": ({}, {}, 0),
    "allowed": ({"allow_private": True}, {}, 1),
    "a private page": ({}, {"visibility": {"acme/rocket": "PRIVATE"}}, 1),
}


@pytest.mark.parametrize(("rules", "more", "shown"), PRIVATE.values(), ids=PRIVATE)
def test_private_items(rules: dict[str, bool], more: dict[str, object], shown: int) -> None:
    """A private item is no candidate on a public page, nor is what has no title."""
    page = makers.page("- [ ] Varnish the windlass\n", **rules)
    items = (replace(WINDLASS, is_private=True), issue(3, title=" "))

    assert len(Linker(page, board(*items, **more)).rank(page.items[0])) == shown


def test_the_limit() -> None:
    """No more are named than a person wants to read."""
    page = makers.page("- [ ] Varnish the windlass\n")
    linker = Linker(page, board(*(issue(number, title="Varnish the windlass") for number in range(1, 9))))

    assert len(linker.propose()[0].candidates) == 3
    assert len(linker.rank(page.items[0])) == 3


NAMED = issue(9, title="Deck work", facts=Facts(parent="acme/rocket#5", labels=("deck",), milestone="May"))
AREA = f"# Deck\n\nSee [this]({makers.link(9)}).\n\n- [ ] Varnish the windlass\n"

RELATIONS = {
    "a sub-issue": (Facts(parent="acme/rocket#9"), "a sub-issue of acme/rocket#9, which the area names"),
    "of one parent": (Facts(parent="acme/rocket#5"), "of one parent with acme/rocket#9, which the area names"),
    "of one work": (Facts(closes=("acme/rocket#9",)), "of one work with acme/rocket#9, which the area names"),
    "a label": (Facts(labels=("oak", "deck")), 'the label "deck", as others of its area'),
    "a milestone": (Facts(milestone="May"), 'the milestone "May", as others of its area'),
}


@pytest.mark.parametrize(("facts", "reason"), RELATIONS.values(), ids=RELATIONS)
def test_relations(facts: Facts, reason: str) -> None:
    """What binds an item to those that the area names speaks for it."""
    plain = issue(1, title="Varnish the old windlass")
    without = one(AREA, plain, named=(NAMED,)).candidates[0]
    related = one(AREA, replace(plain, facts=facts), named=(NAMED,)).candidates[0]

    assert without.reasons == ("in common: varnish, windlass",)
    assert related.reasons == (without.reasons[0], reason)
    assert related.score > without.score


def test_a_parent() -> None:
    """So does that it is the parent of one that the area names."""
    parent = issue(5, title="Varnish the windlass")

    assert one(AREA, parent, named=(NAMED,)).candidates[0].reasons[1:] == (
        "the parent of acme/rocket#9, which the area names",
    )


def test_an_item_of_the_areas_text() -> None:
    """What the area's prose names is a candidate, on the board or not."""
    named = issue(9, title="Varnish the windlass")
    link = one(AREA, named=(named,))

    assert link.proposed
    assert link.proposed.reasons == ("in common: varnish, windlass", "the area's text names it")


def test_facts_win() -> None:
    """The same item from board and look-up is one candidate, with the facts that either has."""
    named = issue(9, title="Varnish the windlass", facts=Facts(labels=("deck",)))
    (candidate,) = one(AREA, replace(named, facts=None), named=(named,)).candidates

    assert candidate.item == named


AGAINST = {
    "given up": ("- [ ]", {"state": "CLOSED", "state_reason": "NOT_PLANNED"}, 85, "but it was given up"),
    "ticked over open": ("- [x]", {}, 95, "but it is open, and the box ticked"),
    "ticked and done": ("- [x]", {"state": "CLOSED"}, 100, ""),
}


@pytest.mark.parametrize(("box", "state", "score", "reason"), AGAINST.values(), ids=AGAINST)
def test_what_speaks_against_an_item(box: str, state: dict[str, str], score: int, reason: str) -> None:
    """An item that was given up, or is open under a ticked box, must be more like the line than others."""
    (candidate,) = one(f"{box} Varnish the windlass\n", replace(WINDLASS, **state)).candidates

    assert (candidate.score, candidate.reasons[1:]) == (score, (reason,) if reason else ())


def test_headings_and_prose_need_not_be_said_again() -> None:
    """What an area is called, or tells, belongs to each of its lines."""
    item = issue(1, title="Varnish the windlass of oak")
    bare, headed, told = (
        one(f"{area}- [ ] Varnish the windlass\n", item).candidates[0].score
        for area in ("", "# Oak\n\n", "# Deck\n\nAll is oak.\n\n")
    )

    assert bare < told < headed


def test_a_draft() -> None:
    """A draft may be what is meant."""
    assert one("- [ ] Varnish the windlass\n", draft("PVTI_one", title="Varnish the windlass")).proposed


MENTIONS = f"""\
# A [head]({makers.link(1)})

Text with [one][ref], acme/rocket#3 and [others](https://example.com).

- [ ] A [line]({makers.link(4)})
- plain #5

```
acme/rocket#6
```

[ref]: {makers.link(2)}
"""


def mentioned(page: Page) -> list[tuple[int, int]]:
    """Lines and numbers of what a page mentions."""
    return [(one.line, one.reference.number) for one in find_mentions(page)]


def test_mentions() -> None:
    """References in headings, prose and lists, with their lines; short ones where the config takes them."""
    assert mentioned(makers.page(MENTIONS)) == [(1, 1), (3, 2), (3, 3), (5, 4)]
    assert mentioned(makers.page(MENTIONS, short_references=True)) == [(1, 1), (3, 2), (3, 3), (5, 4), (6, 5)]
    assert [one.number for one in with_mentions(makers.page(MENTIONS)).mentions] == [1, 2, 3, 4]
