"""Tests that a stranger's title stays text in a page, in every renderer that may read it."""

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser

import cmarkgfm
import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from roadmap_sync.board.facts import Facts
from roadmap_sync.inert import in_page
from roadmap_sync.page.parse import parse_again
from roadmap_sync.plan.additions import queries
from roadmap_sync.plan.kinds import KINDS
from roadmap_sync.plan.plan import Plan, make_page_plan
from roadmap_sync.report import markdown as markdown_report
from tests.support.makers import area_of, board, draft, issue, page

#: What Material for MkDocs recommends, and what else its users switch on.
EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "pymdownx.arithmatex",
    "pymdownx.betterem",
    "pymdownx.caret",
    "pymdownx.critic",
    "pymdownx.details",
    "pymdownx.emoji",
    "pymdownx.inlinehilite",
    "pymdownx.keys",
    "pymdownx.magiclink",
    "pymdownx.mark",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.tasklist",
    "pymdownx.tilde",
]
MAGIC = {
    "pymdownx.magiclink": {
        "repo_url_shorthand": True,
        "social_url_shorthand": True,
        "user": "acme",
        "repo": "rocket",
        "provider": "github",
    }
}
LINK = "https://github.com/acme/rocket/issues/1"

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=y>", "<b>bold</b>", "a < b > c", "</li></ul>", "&lt;b&gt; &amp; &copy;",
    "[x](https://evil.example)", "![x](https://evil.example/i.png)", "a]b", "a](b", "[[wiki]]", "[x][y]", "[^1]", "[^1]: note",
    "*[HTML]: x", "# heading", "- item", "1. item", "> quote", "***", "---", "===", "```", "~~~", "`code`", "``a`b``",
    "*em* **strong** _em_ __strong__", "snake_case_name", "~~gone~~", "~sub~", "^sup^", "^^ins^^", "==mark==", "++ctrl+c++",
    ":smile: :+1: :material-home:", "$x^2$", r"\(x\) \[y\]", "{{ x }} {% raw %} {# c #}", "{: .a #b }", "{target=\"_blank\"}",
    "{#id}", "{++in++} {--out--} {~~a~>b~~} {>>c<<}", "<!-- c --> -->", "<!-- roadmap-sync: ignore -->", "@mention @a/b",
    "#12 acme/rocket#12 GH-12", "https://evil.example www.evil.example", "mailto:a@b.example a@b.example", "ftp://x.example",
    "fixes #1", "a | b | c", "|---|---|", "trailing \\", "\\[x\\]", "a\nb\r\nc\u2028d", "\u202eabc\u2066", "\x00\x07\x1b[31m",
    "\ufeffa\u200bb", "x" * 10_000, "", " \t ", "🚀✨👩‍🚀", "[ ] [x] box", "1)", "+", "=", "a@b@c", "--8<-- \"f\"", "!!! note",
    "??? q", "/// tab", "::: c", "&#35;12", "\"quoted\" 'single'", "100 % done (v2.0) - phase: 1/2", "A\u00a0B", "ünïcödé",
]  # fmt: skip

#: Each alone, among words, twice in a row, behind a backslash, and at a word's end: more than 300 titles.
TITLES = [*HOSTILE, *(f"a {t} b" for t in HOSTILE), *(t + t for t in HOSTILE), *(f"\\{t}" for t in HOSTILE)] + [
    f"x{t}" for t in HOSTILE
]


class Elements(HTMLParser):
    """Gathers a fragment's elements and the words of its links."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.text, self.links, self.is_inside = [], "", "", [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.is_inside = self.is_inside or tag == "a"
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += data if self.is_inside else ""
        self.text += data

    def handle_endtag(self, tag):
        self.is_inside = self.is_inside and tag != "a"


COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@cache
def site():
    """The renderer of a site, made once: to make it takes longer than to render a title."""
    return markdown.Markdown(extensions=EXTENSIONS, extension_configs=MAGIC)


def rendered(source):
    """The source as three renderers show it."""
    yield "cmark", Elements(cmarkgfm.github_flavored_markdown_to_html(source))
    yield "markdown-it", Elements(COMMONMARK.render(source))
    yield "mkdocs", Elements(site().reset().convert(source))


def words(title):
    """The characters that a title may show: no control or bidirectional ones, blanks folded, cut at 300."""
    kept = "".join(
        c for c in re.sub(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+", " ", title)
        if c in "\u200c\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )  # fmt: skip
    folded = " ".join(kept.split())
    return folded if len(folded) <= 300 else folded[:299].rstrip() + "…"


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_title__in_a_link(title):
    """A title in a link gives one link and nothing else, and its words are the title's."""
    source = f"- [ ] [{in_page(title) or 'x'}]({LINK})\n"

    for name, found in rendered(source):
        assert [tag for tag in found.tags if tag not in {"ul", "li", "input", "label", "span"}] == ["a"], name
        assert found.links == [LINK], name
        shown = " ".join(found.words.replace("\u200b", "").split())
        assert shown == (words(title) or "x"), name


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_title__alone(title):
    """A draft's title makes no element at all."""
    for name, found in rendered(f"- [ ] {in_page(title) or 'x'} <!-- roadmap-sync: PVTI_x -->\n"):
        assert not [tag for tag in found.tags if tag not in {"ul", "li", "input", "label", "span"}], name


@given(st.text(alphabet=st.sampled_from("ab1 \\`*_[]()<>{}#@!~^=+-:/.&;|$\"'\n"), max_size=40))
def test_title__any(title):
    """No mix of the characters that mean something makes more than the one link."""
    for name, found in rendered(f"- [ ] [{in_page(title) or 'x'}]({LINK})\n"):
        assert [tag for tag in found.tags if tag not in {"ul", "li", "input", "label", "span"}] == ["a"], name


def test_titles_through_add():
    """A plan that adds an item of each title is proved, and a second one is empty; each gives one link or none."""
    assert len(TITLES) >= 300
    items = [
        draft(f"PVTI_{n}", "Backlog", title=t) if n % 5 == 0 else issue(n, status="Backlog", title=t, facts=Facts())
        for n, t in enumerate(TITLES, 1)
    ]
    for dialect in ("github", "mkdocs"):
        one = page(
            "# A\n\n- [ ] a\n",
            areas=(area_of("A", filter="label:x"),),
            add=("Backlog",),
            guards={kind.name: 1000 for kind in KINDS},
            dialect=dialect,
        )
        world = board(candidates={queries(one.rules)[0]: tuple(items)})
        plan = make_page_plan(one, world)

        assert (plan.error, len(plan.changes), plan.notes) == (None, len(TITLES), ())
        assert make_page_plan(parse_again(one, plan.result), world).changes == ()
        for name, found in rendered(plan.result.decode()):
            assert found.links == [item.url for item in items if item.url], name


def test_titles_in_reports():
    """The same titles leave no mention, no link of their own and no back-link in what GitHub is given."""
    items = [issue(n, "CLOSED", title=t) for n, t in enumerate(TITLES, 1)]
    text = "".join(f"- [ ] acme/rocket#{item.number}\n" for item in items)
    plan = make_page_plan(page(text, guards={kind.name: 1000 for kind in KINDS}), board(*items))
    shown = Elements(cmarkgfm.github_flavored_markdown_to_html(markdown_report.render(Plan((plan,)))))

    assert all(link.startswith("https://redirect.github.com/") for link in shown.links)
    assert not re.search(r"(?<![\w&;])[@#]\w", shown.text)


def test_title__holds_no_brace_and_no_directive():
    """Template engines and our own reader find nothing to obey in the source."""
    for title in HOSTILE:
        assert not re.search(r"[{}<>]|(?<!\\)[\[\]]", in_page(title)), title
