"""Tests how a text names an issue, a pull request or a draft."""

import pytest

from roadmap_sync.references import (
    Origin,
    Reference,
    find_everywhere,
    from_name,
    from_url,
    is_repository,
    is_short,
    places_in_text,
)

HOST = "github.com"


@pytest.mark.parametrize(
    ("url", "name", "tail"),
    [
        pytest.param("https://github.com/acme/rocket/issues/12", "acme/rocket#12", "", id="issue"),
        pytest.param("https://github.com/acme/rocket/pull/12", "acme/rocket#12", "", id="pull"),
        pytest.param("http://github.com/acme/rocket/issues/12", "acme/rocket#12", "", id="plain-http"),
        pytest.param("//github.com/acme/rocket/issues/12", "acme/rocket#12", "", id="no-scheme"),
        pytest.param("https://www.github.com/acme/rocket/issues/12", "acme/rocket#12", "", id="www"),
        pytest.param("HTTPS://GitHub.com/Acme/Rocket/issues/12", "Acme/Rocket#12", "", id="case"),
        pytest.param(
            "https://github.com/acme/rocket/issues/12#issuecomment-9", "acme/rocket#12", "#issuecomment-9", id="comment"
        ),
        pytest.param("https://github.com/acme/rocket/pull/12/files", "acme/rocket#12", "/files", id="files"),
        pytest.param("https://github.com/acme/rocket/pull/12?w=1", "acme/rocket#12", "?w=1", id="query"),
        pytest.param("https://github.com/a_b/r.js-x_y/issues/1", "a_b/r.js-x_y#1", "", id="odd-names"),
        pytest.param(" https://github.com/acme/rocket/issues/12 ", "acme/rocket#12", "", id="blanks-around"),
    ],
)
def test_from_url__reference(url, name, tail):
    """A URL of an issue or pull request is a reference; what follows the number is kept apart."""
    found = from_url(url, HOST)

    assert (name, tail) == (found.name, found.tail)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/rocket",
        "https://github.com/acme/rocket/issues",
        "https://github.com/acme/rocket/issues/new",
        "https://github.com/acme/rocket/issues/12x",
        "https://github.com/acme/rocket/discussions/12",
        "https://github.com/acme/rocket/milestone/2",
        "https://github.com/acme/rocket/releases/tag/v1",
        "https://github.com/acme/rocket/pulls/12",
        "https://github.com/acme/rocket/issues/0",
        "https://github.com/acme/rocket/issues/99999999999",
        "https://github.com/acme/rocket/issues/2147483648",
        "https://github.com/acme/../issues/1",
        "https://github.com/acme/rocket/issues/12/../13",
        "https://gitlab.com/acme/rocket/issues/12",
        "https://github.com.evil.example/acme/rocket/issues/12",
        "https://example.com/?u=https://github.com/acme/rocket/issues/12",
        "./core/issues/12",
        "acme/rocket/issues/12",
        "",
    ],
)
def test_from_url__noop(url):
    """What is no issue or pull request on the board's host is no reference."""
    assert from_url(url, HOST) is None


def test_from_url__largest_number():
    """The largest number that GraphQL's Int holds still names something."""
    assert from_url("https://github.com/acme/rocket/issues/2147483647", HOST).number == 2147483647


def test_key__case_and_kind_do_not_matter():
    """Two spellings of one thing share a key."""
    one = from_url("https://github.com/Acme/rocket/issues/7", HOST)
    two = from_url("https://github.com/acme/Rocket/pull/7#discussion_r1", HOST)

    assert one.key == two.key == "acme/rocket#7"


@pytest.mark.parametrize(
    ("tail", "expected"), [("#issuecomment-1", True), ("/files#r1", True), ("/files", False), ("", False)]
)
def test_has_comment_tail(tail, expected):
    """Only a fragment goes to a comment."""
    assert expected is Reference("a", "b", 1, "x", tail).has_comment_tail


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("see https://github.com/acme/rocket/issues/3.", ["acme/rocket#3"], id="bare-url-full-stop"),
        pytest.param("(https://github.com/acme/rocket/issues/3)", ["acme/rocket#3"], id="bare-url-parentheses"),
        pytest.param("https://github.com/acme/rocket/issues/3?a=(b)", ["acme/rocket#3"], id="balanced-parentheses"),
        pytest.param('"https://github.com/acme/rocket/pull/3";', ["acme/rocket#3"], id="quoted"),
        pytest.param("acme/rocket#3 and other/thing#4", ["acme/rocket#3", "other/thing#4"], id="cross"),
        pytest.param("b/c#2 https://github.com/a/b/issues/1", ["b/c#2", "a/b#1"], id="in-order"),
        pytest.param("https://example.com/x?u=https://github.com/a/b/issues/1", [], id="inside-a-url"),
        pytest.param("https://github.com/acme/rocket#3", [], id="fragment-of-a-url"),
        pytest.param("docs/acme/rocket#3", [], id="a-path"),
        pytest.param("acme/rocket#3x", [], id="no-number"),
        pytest.param("acme/rocket#3-4", [], id="a-range"),
        pytest.param("#3", [], id="short-not-asked-for"),
        pytest.param("https://", [], id="no-url"),
        pytest.param("https://:::", [], id="only-punctuation"),
    ],
)
def test_places_in_text(text, names):
    """Bare URLs and owner/repo#N in running text are references, in order."""
    assert names == [reference.name for _, _, reference in places_in_text(text, HOST)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#3", [3]),
        ("(#3), #4.", [3, 4]),
        ("a#3", []),
        ("a/b#3", [3]),
        ("##3", []),
        ("{#3}", []),
        ("&#35;", []),
        ("#3a", []),
        ("#0", []),
        ("https://github.com/acme/rocket/wiki#3", []),
    ],
)
def test_places_in_text__short(text, numbers):
    """`#N` counts only where a repository is given, and only as a word of its own."""
    assert numbers == [reference.number for _, _, reference in places_in_text(text, HOST, "acme/rocket")]


@pytest.mark.parametrize(
    ("name", "repository", "key"),
    [
        ("acme/rocket#3", "", "acme/rocket#3"),
        ("PVTI_lADO-_9", "", "PVTI_lADO-_9"),
        ("#3", "acme/Rocket", "acme/rocket#3"),
    ],
)
def test_from_name(name, repository, key):
    """A pin's three spellings are understood."""
    assert key == from_name(name, repository).key


@pytest.mark.parametrize("name", ["#3", "ignore", "acme/rocket", "acme/rocket#3 x", "PVT_1", "acme/rocket#0", ""])
def test_from_name__noop(name):
    """Anything else names nothing; `#N` neither, where no repository is known."""
    assert from_name(name) is None


def test_from_name__draft_name():
    """A draft's name is its item id, as the page spells it."""
    assert from_name("PVTI_x").name == "PVTI_x"


def test_questions():
    """The two questions about a text's form."""
    assert is_short("#3")
    assert not is_short("x#3")
    assert is_repository("acme/rocket")
    assert not is_repository("acme")


def test_find_everywhere():
    """A source's references are found wherever they stand, in links with attributes, code and comments too."""
    text = (
        "[a](https://github.com/acme/rocket/issues/1){target=x} `acme/rocket#2` <!-- roadmap-sync: PVTI_x --> "
        "[b](https://www.github.com/acme/rocket/pull/3#issuecomment-4) [c](acme/rocket#5) #6 "
        "https://gitlab.com/a/b/issues/7 https://github.com/acme/rocket/issues/99999999999"
    )

    assert {"acme/rocket#1", "acme/rocket#2", "acme/rocket#3", "acme/rocket#5", "PVTI_x"} == {
        reference.key for reference in find_everywhere(text, Origin(HOST))
    }
    assert "acme/rocket#6" in {
        reference.key for reference in find_everywhere(text, Origin(HOST, "acme/rocket", has_short=True))
    }
