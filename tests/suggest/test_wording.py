"""How alike two texts are that people wrote about the same work."""

import pytest

from roadmap_sync.suggest.wording import Surroundings, Titles, words_of

NOTHING = Surroundings()

WORDS = {
    "endings": (
        "Updating caches, updated cache; policies, policy",
        ("updat", "cach", "updat", "cach", "policy", "policy"),
    ),
    "short words keep theirs": ("red rings bus less is", ("red", "ring", "bus", "less")),
    "a link is its text": ("[Hull](https://example.com/tank) <!-- mast -->", ("hull",)),
    "an address is no text": ("see https://example.com/tank", ("see",)),
    "versions without v": ("Go v1.14, V2 and 1.x", ("go", "1.14", "2", "1.x")),
    "a beta is another version": ("v1beta1", ("1beta1",)),
    "empty words are none": ("The hull of the ship", ("hull", "ship")),
    "examples are none": ("Paint (_e.g., red_) it", ("paint",)),
    "names in parts": ("proxy-read_timeout", ("proxy", "read", "timeout")),
    "other letters": ("Größe ändern", ("gröss", "ändern")),
    "no blanks between words": ("船体塗装", ("船体", "体塗", "塗装")),
    "one sign": ("船", ("船",)),
    "wide letters": ("\uff21\uff30\uff29", ("api",)),
    "nothing": ("!!!", ()),
}


@pytest.mark.parametrize(("text", "stems"), WORDS.values(), ids=WORDS)
def test_words(text: str, stems: tuple[str, ...]) -> None:
    """A text is known by its words, whatever their form."""
    assert words_of(text).stems == stems


def alike(line: str, title: str, around: Surroundings = NOTHING) -> int:
    """How like a line and a title are."""
    return round(Titles({"a": title}).likeness(words_of(line), "a", around).score)


ALIKE = {
    "the same": ("Paint the hull", "Paint the hull", 100),
    "in another form": ("hulls: painting!", "Paint the hull", 100),
    "misspelled": ("Paint the rudderr", "Paint the rudder", 100),
    "another first letter": ("Paint the mudder", "Paint the rudder", 50),
    "a word more": ("Paint the whole hull", "Paint the hull", 80),
    "another version": ("Paint hull v2", "Paint hull v3", 42),
    "one version": ("Paint hull", "Paint hull v3", 82),
    "a version more words could hide": ("Paint hull v2 red and blue", "Paint hull v3 red and blue", 49),
    "another deed": ("Fix the hull", "Remove the hull", 47),
    "a deed more": ("The hull", "Add the hull", 80),
    "a deed more that changes all": ("The hull", "Fix the hull", 56),
    "a deed more in a prefix": ("The hull", "fix(mast): the hull", 57),
    "a deed more in its prefix": ("fix: the hull", "The hull", 80),
    "another deed in a prefix": ("Add the hull", "fix: the hull", 47),
    "taken back": ("The hull", "Revert the hull", 56),
    "about its documentation": ("Paint the hull", "Paint the hull: docs", 62),
    "about its tests": ("Test the hull", "The hull", 56),
}


@pytest.mark.parametrize(("line", "title", "score"), ALIKE.values(), ids=ALIKE)
def test_likeness(line: str, title: str, score: int) -> None:
    """The more telling words are shared the better, and other work on the same thing is another matter."""
    assert alike(line, title) == score


def test_rare_words_tell_more() -> None:
    """A word that many titles hold says less than one of few."""
    titles = Titles({"a": "Hull windlass"} | {str(number): f"Hull {number}" for number in range(20)})
    common, rare, both = (
        titles.likeness(words_of(line), "a", NOTHING)
        for line in ("Hull of oak", "Windlass of oak", "Hull of the windlass")
    )

    assert common.score < rare.score < both.score
    assert common.telling < rare.telling < both.telling
    assert both.shared == ("windlass", "hull")


def test_what_the_area_says_already() -> None:
    """A line need not say again what its heading says, and less what the prose says."""
    plain = alike("Paint it red", "Paint the hull red")
    in_prose = alike("Paint it red", "Paint the hull red", around=Surroundings(prose=frozenset({"hull"})))
    in_heading = alike(
        "Paint it red", "Paint the hull red", around=Surroundings(frozenset({"hull"}), frozenset({"hull"}))
    )

    assert plain < in_prose < in_heading < 100


EVIDENCE = {
    "rare words": ("Varnish windlass", "Varnish the windlass now", 2, 2.0),
    "parts of one name": ("Varnish-windlass", "The varnish windlass now", 1, 1.0),
    "words of every roadmap": ("Add support for it", "Add support of docs", 0, 0.0),
    "the same words": ("Windlass", "windlass", 2, 1.0),
    "the same words that tell nothing": ("Add docs", "Add docs", 0, 0.0),
    "a bare number": ("Varnish 3", "Varnish 3 decks", 1, 1.0),
    "a version": ("Varnish 3.1", "Varnish 3.1 decks", 2, 2.0),
}


@pytest.mark.parametrize(("line", "title", "names", "telling"), EVIDENCE.values(), ids=EVIDENCE)
def test_evidence(line: str, title: str, names: int, telling: float) -> None:
    """How many telling words are shared, and what they say together."""
    found = Titles({"a": title}).likeness(words_of(line), "a", NOTHING)

    assert (found.names, round(found.telling, 1)) == (names, telling)


def test_sharing() -> None:
    """Titles that share no word are not looked at."""
    titles = Titles({"a": "Paint the hull", "b": "Wider tank", "c": "Hulls"})

    assert titles.sharing(words_of("A hull, and a hulll")) == ("a", "c")
    assert titles.likeness(words_of("hull"), "c", NOTHING).shared == ("hulls",)
    assert titles.sharing(words_of("Zebra 12345678")) == ()
