"""Tests that a stranger's text comes out readable and without any effect."""

import html
import re

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap_sync.inert import excerpt, inline, markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Plain words, 100 %", "Plain words, 100 %", id="plain"),
        pytest.param("two\r\nlines\tand\u2028more", "two lines and more", id="breaks"),
        pytest.param("\x1b[31mred\x07", "\\x1b[31mred\\x07", id="escape sequence"),
        pytest.param("\x9b31mred\x7f", "\\x9b31mred\\x7f", id="C1 and DEL"),
        pytest.param("a\u202eb\u2066c", "a\\u202eb\\u2066c", id="bidirectional"),
        pytest.param("a\u200bb\ufeffc\u00add", "a\\u200bb\\ufeffc\\xadd", id="invisible"),
        pytest.param("bad \ud800 half", "bad \\ud800 half", id="surrogate"),
        pytest.param("👩\u200d🚀 नमस्\u200dते", "👩\u200d🚀 नमस्\u200dते", id="joiners stay"),
    ],
)
def test_a_terminal_gets_one_visible_line(text, shown):
    """What a terminal would obey, hide or fail on is spelled out; letters and emoji stay."""
    assert inline(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("docs/roadmap.md: 3 ticks", "docs/roadmap.md: 3 ticks", id="our own words stay"),
        pytest.param("thanks @octo", "thanks @&#8203;octo", id="mention"),
        pytest.param("@acme/team", "@&#8203;acme/team", id="team mention"),
        pytest.param("me@example.org", "me@&#8203;example.org", id="mail"),
        pytest.param("Fixes #7", "Fixes #&#8203;7", id="closing word"),
        pytest.param("closes acme/rocket#7", "closes acme/rocket#&#8203;7", id="reference elsewhere"),
        pytest.param("see gh-7", "see gh-&#8203;7", id="GH reference"),
        pytest.param("https://x.example/a", "https:&#8203;//x.example/a", id="URL"),
        pytest.param("www.x.example", "www&#8203;.x.example", id="www"),
        pytest.param("mailto:x", "mailto&#8203;:x", id="mailto"),
        pytest.param(":tada: at 12:30", ":&#8203;tada: at 12:30", id="emoji name"),
        pytest.param("[a](b)", "\\[a\\](b)", id="link"),
        pytest.param("a | b", "a \\| b", id="cell"),
        pytest.param("<img src=x>", "&lt;img src=x&gt;", id="HTML"),
        pytest.param("&lt;", "&amp;lt;", id="entity"),
        pytest.param("$x$", "&#36;x&#36;", id="mathematics"),
        pytest.param("*a* _b_ ~~c~~ `d`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\`", id="emphasis"),
        pytest.param("# Title", "\\# Title", id="heading"),
        pytest.param("- item", "\\- item", id="bullet"),
        pytest.param("12. item", "12\\. item", id="number"),
        pytest.param("a\\", "a\\\\", id="backslash"),
    ],
)
def test_a_comment_gets_words_without_effect(text, shown):
    """Each thing that GitHub acts on is cut or escaped, and nothing else."""
    assert markdown(text) == shown


_PIECES = (
    "@a¦#1¦a/b#1¦GH-1¦https://a.b¦www.a.b¦[x]¦(y)¦*¦_¦`¦~~¦<b>¦&amp;¦|¦\\¦$¦!¦- ¦+ ¦1. ¦> ¦# ¦:a:¦\n¦{{¦-->¦a¦ "
    "¦\u200b¦mailto:a@b.c¦==¦^"
)
_TEXTS = st.lists(st.sampled_from(_PIECES.split("¦")), max_size=12).map("".join)


@given(_TEXTS)
def test_rendered_it_is_its_own_characters(text):
    """GitHub's renderer makes one plain paragraph of any text: no tag, no link, the same characters."""
    shown = cmarkgfm.github_flavored_markdown_to_html(markdown(text))
    words = re.sub(r"\A<p>|</p>\n\Z", "", shown)

    assert "<" not in words
    assert html.unescape(words).replace("\u200b", "") == inline(text).strip()


@given(_TEXTS)
def test_rendered_it_calls_nobody(text):
    """In what a reader sees there is no mention, reference or address left for GitHub's filters."""
    shown = html.unescape(cmarkgfm.github_flavored_markdown_to_html(markdown(text)))

    assert not re.search(r"@\w|#\w|GH-\d|://|www\.", shown)


def test_no_word_is_a_commit():
    """GitHub links seven to forty hexadecimal digits; shorter ones, and words with other letters, stay."""
    assert markdown("0123456 abcdef0123456 123456 facade 2024-06-26 x0123456") == (
        "012345&#8203;6 abcdef&#8203;012345&#8203;6 123456 facade 2024-06-26 x0123456"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a  b\n\nc\t", "a b c", id="blanks and lines"),
        pytest.param("a\x1b[2Jb\u202ec", "a\\x1b[2Jb\\u202ec", id="what acts on a terminal"),
        pytest.param("x" * 501, "x" * 500, id="too long"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_an_excerpt_is_one_short_line(text, shown):
    """GitHub's own words stand in a line of ours, and do nothing there."""
    assert excerpt(text) == shown
