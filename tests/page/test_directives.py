"""Tests what a roadmap-sync comment may say."""

import pytest

from roadmap_sync.errors import InputError
from roadmap_sync.page.directives import find_comments, from_comment, is_mentioned, is_only_comments


@pytest.mark.parametrize(
    ("comment", "word", "key"),
    [
        (" roadmap-sync: ignore ", "ignore", None),
        ("roadmap-sync:known", "known", None),
        ("Roadmap-Sync: IGNORE", "ignore", None),
        (" roadmap-sync: acme/rocket#3\n", "pin", "acme/rocket#3"),
        (" Roadmap-Sync: PVTI_abc ", "pin", "PVTI_abc"),
        (" roadmap-sync: #3 ", "pin", "acme/rocket#3"),
    ],
)
def test_from_comment(comment, word, key):
    """Each of the words that may follow is understood."""
    found = from_comment(comment, "p.md:1", "acme/rocket")

    assert (word, key) == (found.word, found.pin and found.pin.key)


@pytest.mark.parametrize(
    "comment", [" markdownlint-disable ", " see roadmap-sync: ignore ", "", "roadmap-sync", "roadmap-sync keeps this"]
)
def test_from_comment__noop(comment):
    """A comment that does not begin with the name speaks of something else."""
    assert from_comment(comment, "p.md:1", "") is None


@pytest.mark.parametrize(
    "word", ["ignored", "acme/rocket", "#3 #4", "", "ignore known", "https://github.com/a/b/issues/1"]
)
def test_from_comment__wrong_word(word):
    """Anything else after the colon is an error that names the place and the words there are."""
    with pytest.raises(InputError) as caught:
        from_comment(f" roadmap-sync: {word} ", "p.md:7", "acme/rocket")

    assert str(caught.value) == (
        f'p.md:7: "{word}" is no roadmap-sync directive\n'
        "  After the colon stands one of owner/repo#N, #N, PVTI_…, ignore or known."
    )


def test_from_comment__short_without_repository():
    """`#N` in a pin needs a repository that the config writes."""
    with pytest.raises(InputError) as caught:
        from_comment("roadmap-sync: #3", "p.md:7", "")

    assert 'p.md:7: the pin "#3" needs to know its repository\n' in str(caught.value)
    assert 'repository = "owner/repo"' in caught.value.hint


@pytest.mark.parametrize("word", ["acme/rocket#3", "PVTI_x", "#3", "ignore", "Known"])
def test_from_comment__colon_is_missing(word):
    """What lacks only the colon is an error: a pin that pins nothing would not be missed for long."""
    with pytest.raises(InputError) as caught:
        from_comment(f" roadmap-sync {word} ", "p.md:7", "")

    assert str(caught.value) == f"p.md:7: a colon is missing\n  Write: roadmap-sync: {word}"


def test_find_comments():
    """Comments of HTML and MDX are found with the lines before each."""
    assert find_comments("<!-- a -->\n<p>\n{/* b\n */} <!---->") == [(0, " a "), (2, " b\n "), (3, "")]


def test_questions():
    """The two questions about a text."""
    assert is_mentioned("<!-- ROADMAP-SYNC: x -->")
    assert not is_mentioned("roadmap sync")
    assert is_only_comments(" <!-- a -->\n<!-- b -->\n")
    assert not is_only_comments("<!-- a --> b")
