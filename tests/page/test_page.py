"""Tests what is found on a page, and that splices keep every other byte."""

import time
from dataclasses import fields, replace

import pytest

from roadmap_sync.errors import InputError, RefusedError
from roadmap_sync.page.dialects import DIALECTS, GITHUB, MKDOCS, Dialect, dialect_of
from roadmap_sync.page.model import Edit, Effect, splice
from roadmap_sync.page.parse import parse_again
from roadmap_sync.page.proof import prove_lines, prove_outline
from tests.support.makers import link, page

FENCE = "```"


def boxes(text, **more):
    """The lines of the task items found."""
    return [item.line for item in page(text, **more).items]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("- [ ] a\n* [x] b\n+ [X] c\n1. [ ] d\n2) [ ] e\n", [1, 2, 3, 4, 5], id="bullets"),
        pytest.param("- [ ] a\n  - [ ] b\n    - [ ] c\n", [1, 2, 3], id="by-two"),
        pytest.param("1. [ ] a\n   - [ ] b\n", [1, 2], id="by-three"),
        pytest.param("- [ ] a\n    - [ ] b\n        - [ ] c\n", [1, 2, 3], id="by-four"),
        pytest.param("- [ ] a\n\t- [ ] b\n\t\t- [ ] c\n", [1, 2, 3], id="tabs"),
        pytest.param("-  [ ]  wide\n", [1], id="wide"),
        pytest.param("- [ ] a\n\n- [ ] b\n", [1, 3], id="loose"),
        pytest.param("- [ ] a\n  b\nc\n- [ ] d\n", [1, 4], id="wrapped-and-lazy"),
        pytest.param("> - [ ] a\n> > - [ ] b\n", [1, 2], id="quoted"),
        pytest.param("- - [ ] a\n", [1], id="list-in-list"),
        pytest.param("text\n- [ ] a\n", [2], id="right-under-text"),
        pytest.param("text\n2. [ ] a\n", [], id="no-list-under-text"),
        pytest.param("- [ ]\n- [ ] \n", [1, 2], id="nothing-after-the-box"),
        pytest.param("- [ ]\n  a\n", [1], id="text-on-the-next-line"),
        pytest.param("- [~] a\n- [/] b\n- [] c\n- [:x:] d\n- [-] e\n", [], id="other-states"),
        pytest.param("- [ ]a\n- [x](b)\n- [xx] c\n- [ x ] d\n", [], id="no-box"),
        pytest.param("- [x]: https://example.com\n- [x] a\n", [2], id="definition"),
        pytest.param("- # [ ] a\n- a [ ] b\n", [], id="box-elsewhere"),
        pytest.param(f"{FENCE}\n- [ ] a\n{FENCE}\n- [ ] b\n", [4], id="fence"),
        pytest.param("~~~~\n- [ ] a\n", [], id="fence-never-closed"),
        pytest.param("    - [ ] a\n", [], id="indented-code"),
        pytest.param("-      [ ] a\n", [], id="code-in-item"),
        pytest.param("<!--\n- [ ] a\n-->\n- [ ] b\n", [4], id="comment"),
        pytest.param("<details>\n- [ ] a\n\n- [ ] b\n\n</details>\n", [4], id="raw-html"),
        pytest.param("---\na: 1\n- [ ] b\n---\n- [ ] c\n", [5], id="yaml"),
        pytest.param("---\n- [ ] b\n...\n- [ ] c\n", [4], id="yaml-dots"),
        pytest.param("+++\na = 1\n- [ ] b\n+++\n- [ ] c\n", [5], id="toml"),
        pytest.param("---\n- [ ] c\n", [2], id="a-rule-is-no-front-matter"),
        pytest.param("- [ ] a\n---\n- [ ] b\n", [1, 3], id="rule-under-item"),
        pytest.param("- [ ] a\x0cb\u2028c\n- [ ] d\n", [1, 2], id="odd-line-breaks"),
        pytest.param("- [ ] a\r- [ ] b\r\n- [ ] c", [1, 2, 3], id="lone-cr"),
        pytest.param("- [ ] a\0\n", [1], id="nul"),
        pytest.param("\ufeff- [ ] a\n", [1], id="bom"),
        pytest.param("", [], id="empty"),
        pytest.param("  " * 0 + "".join(f"{'  ' * n}- [ ] a\n" for n in range(30)), list(range(1, 31)), id="deep"),
    ],
)
def test_items(text, lines):
    """Each task item that GitHub shows is found, and nothing that it does not."""
    assert lines == boxes(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('!!! note "T"\n\n    - [ ] a\n', [3], id="admonition"),
        pytest.param("!!! note\n    - [ ] a\n    - [ ] b\n\ntext\n", [2, 3], id="no-blank-line"),
        pytest.param("??? note\n\n    - [ ] a\n\n???+ tip\n\n    - [ ] b\n", [3, 7], id="details"),
        pytest.param('=== "A"\n\n    - [ ] a\n\n=== "B"\n\n    - [ ] b\n', [3, 7], id="tabs"),
        pytest.param('=== "A"\n    - [ ] a\n=== "B"\n    - [ ] b\n', [2, 4], id="tabs-close-together"),
        pytest.param("!!! note\n\n    !!! tip\n\n        - [ ] a\n\n    - [ ] b\n", [5, 7], id="nested"),
        pytest.param("- [ ] a\n\n    !!! note\n\n        - [ ] b\n\n- [ ] c\n", [1, 5, 7], id="in-an-item"),
        pytest.param("- [ ] a\n    !!! note\n        - [ ] b\n", [1, 3], id="glued-to-an-item"),
        pytest.param("text\n!!! note\n\n    - [ ] a\n", [4], id="under-text"),
        pytest.param("> !!! note\n>\n>     - [ ] a\n>\n> - [ ] b\n\n- [ ] c\n", [3, 5, 7], id="quoted"),
        pytest.param("> !!! note\n>     - [ ] a\n\n    - [ ] b\n", [2], id="quote-ends"),
        pytest.param("!!! note\n    !!! tip\n        - [ ] a\n", [3], id="nested-close-together"),
        pytest.param("!!! note\n\n\t- [ ] a\n\t\t- [ ] b\n", [3, 4], id="tab-indent"),
        pytest.param(f"{FENCE}\n!!! note\n\n    - [ ] a\n{FENCE}\n", [], id="in-a-fence"),
        pytest.param(f"!!! note\n\n    {FENCE}\n    - [ ] a\n    {FENCE}\n\n- [ ] b\n", [7], id="fence-inside"),
        pytest.param("!!! note\n\n        - [ ] a\n", [], id="code-inside"),
        pytest.param("!!! note\n- [ ] a\n", [2], id="not-indented"),
        pytest.param("-      [ ] a\n", [1], id="five-blanks"),
        pytest.param("a !!! note\n\n    - [ ] a\n", [], id="no-header"),
        pytest.param("- x\n\n      [ ] a\n", [], id="code-further-down"),
        pytest.param("-      a\n", [], id="five-blanks-no-box"),
    ],
)
def test_items__mkdocs(text, lines):
    """What MkDocs indents under admonitions, details and tabs is found as well."""
    assert lines == boxes(text, dialect="mkdocs")


def test_dialect__auto():
    """`auto` is MkDocs where the site or a container says so, and only there."""
    assert page("- [ ] a\n").dialect is GITHUB
    assert page("!!! note\n\n    a\n").dialect is MKDOCS
    assert page("    !!! note\n").dialect is GITHUB
    assert page("- [ ] a\n", above=MKDOCS).dialect is MKDOCS
    assert page("!!! note\n\n    a\n", dialect="github", above=MKDOCS).dialect is GITHUB


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] a\n",
        "> 1. [x] b\n",
        "\ufeff- [X] ü\n",
        "ü\r\n\r- [ ] ö\r\n",
        "!!! note\n\n    - [ ] a\n",
        "-\t[ ]\ta\n",
    ],
)
def test_places(text):
    """An item's byte offset and its line and column both name the box's character."""
    found = page(text, dialect="mkdocs")
    item = found.items[0]

    assert item.state.encode() == found.data[item.start : item.start + 1]
    assert item.state == found.lines[item.line - 1][item.column - 1]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param(f"[a]({link(1)})", ["acme/rocket#1"], id="link"),
        pytest.param(f"[a]({link(1, tail='#issuecomment-2')})", ["acme/rocket#1"], id="tail"),
        pytest.param(f"<{link(1)}>", ["acme/rocket#1"], id="autolink"),
        pytest.param(f"see {link(1)}, {link(2, 'pull')}", ["acme/rocket#1", "acme/rocket#2"], id="bare"),
        pytest.param("acme/rocket#1 x/y#2", ["acme/rocket#1", "x/y#2"], id="cross"),
        pytest.param(f"[a][r] [r] [R][]\n\n[r]: {link(5)}", ["acme/rocket#5"], id="reference-style"),
        pytest.param(f"![i]({link(1)})", ["acme/rocket#1"], id="image"),
        pytest.param(f"[![i]({link(1)})]({link(2)})", ["acme/rocket#2"], id="image-in-link"),
        pytest.param(
            f'<a href="{link(1)}">acme/rocket#7</a> acme/rocket#2', ["acme/rocket#1", "acme/rocket#2"], id="html"
        ),
        pytest.param(f"<a href={link(1)}>x</a>", ["acme/rocket#1"], id="html-bare"),
        pytest.param(f"<a href='{link(1)}'>x", ["acme/rocket#1"], id="html-open"),
        pytest.param(f'<a data-href="{link(1)}" href="{link(2)}">x</a>', ["acme/rocket#2"], id="html-other-attribute"),
        pytest.param(f"a[^1] [b][^1]\n\n[^1]: {link(1)}", [], id="footnote"),
        pytest.param(f"a\n  [b]({link(1)})", ["acme/rocket#1"], id="wrapped"),
        pytest.param(f"[acme/rocket#9](https://example.com) [#8]({link(1)})", ["acme/rocket#1"], id="words-of-a-link"),
        pytest.param(f"**{link(1)}** *acme/rocket#2*", ["acme/rocket#1", "acme/rocket#2"], id="emphasis"),
        pytest.param(
            f"{link(1)}?a&amp;b {link(1, repo='my_big_one')}", ["acme/rocket#1", "acme/my_big_one#1"], id="joined-text"
        ),
        pytest.param(f"`{link(1)}` ``acme/rocket#2``", [], id="code-span"),
        pytest.param("<code>acme/rocket#2</code> <kbd>a/b#1</kbd> <tt>a/b#2</tt>", [], id="code-tag"),
        pytest.param("<b>acme/rocket#2</b>", ["acme/rocket#2"], id="another-tag"),
        pytest.param("</code> acme/rocket#2", ["acme/rocket#2"], id="stray-tag"),
        pytest.param(f"a <!-- {link(1)} acme/rocket#2 -->", [], id="comment"),
        pytest.param("acme/rocket\\#2", [], id="escaped"),
        pytest.param("[a](https://github.com/acme/rocket/discussions/4)", [], id="discussion"),
        pytest.param("#4 and #5", [], id="short"),
        pytest.param(f"a\n  - [b]({link(1)})", [], id="sub-item"),
        pytest.param(f"a\n\n  [b]({link(1)})", [], id="second-paragraph"),
        pytest.param(f"a\n\n      {link(1)}", [], id="code-block"),
        pytest.param("a <!-- roadmap-sync: x/y#3 --> acme/rocket#2", ["x/y#3"], id="pin-wins"),
        pytest.param("a <!-- roadmap-sync: PVTI_q -->", ["PVTI_q"], id="pin-draft"),
        pytest.param("a <!-- roadmap-sync: #3 -->", ["acme/rocket#3"], id="pin-short"),
        pytest.param("a\n\n  <!-- roadmap-sync: x/y#3 -->", ["x/y#3"], id="pin-below"),
        pytest.param("a\n\n  b <!-- roadmap-sync: x/y#3 -->", ["x/y#3"], id="pin-in-second-paragraph"),
        pytest.param("a\n  <!-- roadmap-sync: x/y#3 -->", ["x/y#3"], id="pin-on-the-next-line"),
        pytest.param("a `<!-- roadmap-sync: x/y#3 -->`", [], id="pin-in-code"),
    ],
)
def test_references(body, names):
    """An item's own text holds its references, from every spelling; code, comments and sub-items hold none."""
    assert names == [reference.name for reference in page(f"- [ ] {body}\n").items[0].references]


def test_references__short():
    """`#N` counts where the config asks for it."""
    found = page("- [ ] #4, poll \\#5, [#6](x)\n", short_references=True).items[0]

    assert [reference.name for reference in found.references] == ["acme/rocket#4"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("~~a~~", True),
        ("~~[a](b)~~ c", True),
        ("a ~~[b](c)~~ d", True),
        ("a ~~acme/rocket#1~~", True),
        ("a ~~[b](c)~~ [d](e)", False),
        ("a ~~b~~ [d](e)", False),
        ("a ~~b~~", False),
        ("~a", False),
        ("~[a](b)~", True),
        ("~5 to ~8 [a](b)", False),
        ("~5~8 [a](b)", False),
        ("<del>[a](b)</del> c", True),
        ("a <S>acme/rocket#1</S>", True),
        ("a <strike>[b](c)</strike> acme/rocket#1", False),
        ("</s> <span>[a](b)</span>", False),
    ],
)
def test_is_struck(body, expected):
    """An item is struck where its text begins so, or its only link stands inside."""
    assert expected is page(f"- [ ] {body}\n").items[0].is_struck


IGNORE = "<!-- roadmap-sync: ignore -->"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(f"- [ ] a {IGNORE}\n  - [ ] b\n- [ ] c\n", [1, 2], id="item"),
        pytest.param(f"- a {IGNORE}\n  - [ ] b\n- [ ] c\n", [2], id="plain-bullet"),
        pytest.param(f"- [ ] a\n  - [ ] b\n\n  {IGNORE}\n- [ ] c\n", [1, 2], id="after-its-sub-list"),
        pytest.param(f"# A\n\n{IGNORE}\n\n- [ ] a\n\n## B\n\n- [ ] b\n\n# C\n\n- [ ] c\n", [5, 9], id="section"),
        pytest.param(f"# A\n{IGNORE}\n- [ ] a\n\n- [ ] b\n", [3, 5], id="section-list-at-once"),
        pytest.param(
            f"# A\n<!-- x -->\n{IGNORE}\n<!-- y -->\n- [ ] a\n\ntext\n\n- [ ] b\n", [5, 9], id="beside-comments"
        ),
        pytest.param(f"text\n\n{IGNORE}\n- [ ] a\n\ntext\n\n- [ ] b\n", [4], id="list"),
        pytest.param(f"{IGNORE}\n\n- [ ] a\n* [ ] b\n", [3], id="list-at-the-top"),
        pytest.param(f"{IGNORE}\n<!-- x -->\n- [ ] a\n", [3], id="list-behind-a-comment"),
        pytest.param(f"# A\n\n{IGNORE}\n", [], id="section-without-list"),
    ],
)
def test_ignore(text, lines):
    """`ignore` leaves an item, a section or a list alone, and no more."""
    assert lines == [item.line for item in page(text).items if item.is_ignored]


def test_known():
    """`known` marks its item alone."""
    found = page("- [ ] a <!-- roadmap-sync: known -->\n  - [ ] b\n- [ ] c <!-- x -->\n")

    assert [item.is_known for item in found.items] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(f"text\n\n{IGNORE}\n\ntext\n", "roadmap.md:3: there is no list after this ignore", id="no-list"),
        pytest.param(f"text\n\n{IGNORE}\n", "roadmap.md:3: there is no list after this ignore", id="nothing-after"),
        pytest.param(f"{IGNORE}\n", "roadmap.md:1: there is no list after this ignore", id="alone"),
        pytest.param(f"text {IGNORE}\n", "roadmap.md:1: this ignore does not stand on its own", id="in-text"),
        pytest.param(f"<p>\n{IGNORE}</p>\n", "roadmap.md:2: this ignore does not stand on its own", id="in-html"),
        pytest.param("<!-- roadmap-sync: known -->\n", "roadmap.md:1: this known stands in no list item", id="known"),
        pytest.param("a <!-- roadmap-sync: a/b#1 -->\n", "roadmap.md:1: this pin stands in no list item", id="pin"),
        pytest.param(
            "- [ ] a <!-- roadmap-sync: a/b#1 --> <!-- roadmap-sync: a/b#2 -->\n",
            "roadmap.md:1: two pins in one item",
            id="two",
        ),
        pytest.param(
            "- [ ] a <!-- roadmap-sync: a/b#1 -->\n\n  <!-- roadmap-sync: a/b#2 -->\n",
            "roadmap.md:3: two pins in one item",
            id="two-below",
        ),
        pytest.param(
            "- [ ] a <!-- roadmap-sync: skip -->\n", 'roadmap.md:1: "skip" is no roadmap-sync directive', id="word"
        ),
    ],
)
def test_directives__wrong(text, message):
    """A directive that cannot mean anything is an error with its line and the way out."""
    with pytest.raises(InputError) as caught:
        page(text)

    assert message == str(caught.value).split("\n")[0]
    assert caught.value.hint


def test_directives__in_code_are_text():
    """A page may show a directive in code without obeying it."""
    assert not page(f"{FENCE}\n{IGNORE}\n{FENCE}\n\n`{IGNORE}`\n\n- [ ] a\n").items[0].is_ignored


def test_mdx():
    """In MDX a comment is `{/* … */}`, with directives inside and nothing else."""
    text = (
        "{/*\n- [ ] x\n*/}\n\n- [ ] a {/* roadmap-sync: acme/rocket#3 */}\n- [ ] {/* acme/rocket#4 */} b\n\n"
        "text\n\n{/* roadmap-sync: ignore */}\n\n* [ ] c\n\n{/* never closed\n\n{x} {/* y\n"
    )
    found = page(text, path="roadmap.mdx")

    assert [item.line for item in found.items] == [5, 6, 12]
    assert [reference.name for item in found.items for reference in item.references] == ["acme/rocket#3"]
    assert [item.is_ignored for item in found.items] == [False, False, True]
    assert boxes("{/*\n- [ ] x\n*/}\n") == [2]
    odd = page("- [ ] {x} [{/* a/b#1 */} b](c) {/* a/b#2\n", path="x.mdx").items[0]
    assert [reference.name for reference in odd.references] == ["a/b#2"]
    assert boxes("text\n{/* a */}\n    {/* b */}\n- [ ] x\n", path="x.mdx") == [4]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"- [{chr(0x2003) * 100_000}y\n", id="blanks-in-what-is-no-box"),
        pytest.param(f"- [x{chr(0x2003) * 100_000}y\n", id="blanks-behind-an-x"),
        pytest.param(f"# a{' ' * 100_000}b\n", id="blanks-in-a-heading"),
        pytest.param(f"- [ ] a{' ' * 100_000}b\n", id="blanks-in-an-item"),
        pytest.param(f"- [ ] after{' ' * 100_000}b #1\n", id="blanks-behind-a-word-that-waits"),
        pytest.param(f"- [ ] #{'1' * 100_000}..x\n", id="a-number-that-is-none"),
    ],
)
def test_a_long_line_is_read_at_once(text):
    """No pattern goes over a long run of blanks or digits again and again."""
    started = time.process_time()

    found = page(text)

    assert [item.content[item.words] for item in found.items] == [item.text for item in found.items]
    assert time.process_time() - started < 2


def test_sections():
    """Headings of both kinds make a tree of paths without markup; quotes and items make none."""
    text = "# One {#top}\n\nTwo *bold*\n---\n\n### Three `x` [l](u)\n\n## Four ##\n\n> # No\n\n- # No\n\n# ![Fi](u)ve\n"
    found = page(text)

    assert [(section.name, section.line, section.end_line) for section in found.sections] == [
        ("One", 1, 13),
        ("One > Two bold", 3, 7),
        ("One > Two bold > Three x l", 6, 7),
        ("One > Four", 8, 13),
        ("Five", 14, 14),
    ]


def test_find_sections():
    """A path is as short as is unique: its last title, under the others in order."""
    found = page("# A\n\n## B\n\n### C\n\n# D\n\n### C\n")

    assert [section.name for section in found.find_sections("C")] == ["A > B > C", "D > C"]
    assert [section.name for section in found.find_sections("A > C")] == ["A > B > C"]
    assert [section.name for section in found.find_sections("D > C")] == ["D > C"]
    assert not found.find_sections("C > A")
    assert not found.find_sections("E")


def test_is_selected():
    """With `sections` only what stands under one of them may be touched."""
    text = "- [ ] a\n\n# A\n\n- [ ] b\n\n## B\n\n- [ ] c\n\n# C\n\n- [ ] d\n"

    found = page(text, sections=("A",))
    assert [found.is_selected(item) for item in found.items] == [False, True, True, False]
    assert [found.section_name(item) for item in found.items] == ["", "A", "A > B", "C"]
    assert all(map(page(text).is_selected, found.items))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n| a |\n|---|\n| b |\n\n| c |\n|---|\n", 3),
        ("<div>\n<TABLE>\n</TABLE>\n</div>\n\n| a |\n|---|\n", 2),
        ("<p>\n</p>\n", None),
    ],
)
def test_table_line(text, line):
    """The first table's line is known, Markdown's or HTML's."""
    assert page(text).table_line == line


def test_lists__not_rendered():
    """On a MkDocs page a list without a blank line before it, or with `1)`, is marked once."""
    text = "a\n- [ ] x\n- [ ] y\n\n1) [ ] z\n\nb\n\n- [ ] q\n  - [ ] r\n"

    assert [one.is_rendered for one in page(text, dialect="mkdocs").lists] == [False, False, True, True]
    assert [one.is_rendered for one in page(text, dialect="github").lists] == [True] * 4
    assert [(one.line, one.end_line) for one in page(text).lists] == [(2, 3), (5, 5), (9, 10), (10, 10)]


def test_end_line__without_blank_lines():
    """The blank lines after an item's subtree are not its own."""
    found = page("- [ ] a\n\n  b\n\n- [ ] c\n  - [ ] d\n\n\ntext\n")

    assert [item.end_line for item in found.items] == [3, 6, 6]


def test_words__before_comments():
    """An item's words stand between the box's gap and what is invisible at its end."""
    item = page("- [ ]  a b\n  c  <!-- roadmap-sync: known --> \n").items[0]

    assert item.content[item.words] == "a b\nc"
    assert item.text.startswith("a b\nc")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"- [ ] a\n\xff b\n", "roadmap.md:2: not UTF-8: byte 0xff at offset 8"),
        (b"\xff", "roadmap.md:1: not UTF-8: byte 0xff at offset 0"),
        (b"a\r\rb\xc3\n", "roadmap.md:3: not UTF-8: byte 0xc3 at offset 4"),
        ("- [ ] ü\n".encode("utf-16"), "roadmap.md:1: not UTF-8: byte 0xff at offset 0"),
    ],
)
def test_not_utf8(data, message):
    """Bytes that are no UTF-8 are an error that names the byte."""
    with pytest.raises(InputError) as caught:
        page(data)

    assert message == str(caught.value).split("\n")[0]


def test_apply__order_does_not_matter():
    """Edits are made wherever they stand in the sequence; bytes between are copied."""
    found = page(b"\xef\xbb\xbf- [ ] a\r- [ ] b\r\n")
    edits = [Edit(item.start, item.start + 1, b"x") for item in found.items]

    assert found.apply(edits[::-1]) == b"\xef\xbb\xbf- [x] a\r- [x] b\r\n"
    assert found.apply([]) == found.data


def test_apply__overlap():
    """Two edits of the same bytes are refused."""
    found = page("- [ ] a\n")

    with pytest.raises(RefusedError, match="overlap"):
        found.apply([Edit(2, 5, b"x"), Edit(3, 4, b"y")])


def test_digest():
    """The fingerprint is that of the bytes."""
    assert page("a").digest == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert page("a").digest != page("a\n").digest


def test_strikes_render():
    """`~~` is trusted on GitHub's pages, on MkDocs' once an item has it."""
    assert page("- [ ] a\n").strikes_render
    assert not page("- [ ] a\n", dialect="mkdocs").strikes_render
    assert page("- [ ] a\n- [ ] ~~b~~\n", dialect="mkdocs").strikes_render


def tick(found, index=0):
    """The edit that ticks one item."""
    start = found.items[index].start
    return Edit(start, start + 1, b"x")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"- [x] A\n- [ ] b\n", id="second-change-in-the-line-is-seen-by-the-outline"),
        pytest.param(b"- [x] a\n- [ ] b\n", id="as-planned"),
    ],
)
def test_prove_lines__touched_lines_are_free(data):
    """Proof (a) looks at the lines that no edit touches."""
    found = page("- [ ] a\n- [ ] b\n")

    assert prove_lines(found, [tick(found)], data) is None


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"- [x] a\n- [x] b\n", 2),
        (b"- [x] a\r\n- [ ] b", 2),
        (b"- [x] a\n", 2),
        (b"- [x] a\n- [ ] b\nc\n", 3),
        (b"- [x] a\n\n- [ ] b\n", 2),
    ],
)
def test_prove_lines__refuses(data, line):
    """Proof (a) fails where another line would change, come or go."""
    found = page("- [ ] a\n- [ ] b\n")

    with pytest.raises(RefusedError) as caught:
        prove_lines(found, [tick(found)], data)

    assert caught.value.where == f"roadmap.md:{line}"


def test_prove_lines__refuses_more_lines_at_the_end():
    """Lines after the last touched one are lines that came."""
    found = page("- [ ] a")

    with pytest.raises(RefusedError, match="outside the plan"):
        prove_lines(found, [tick(found)], b"- [x] a\nb")


def test_prove_lines__counts_added_lines():
    """An edit that brings a line moves those after it, and no more than that."""
    found = page("- [ ] a\n- [ ] b\n")
    edit = Edit(8, 8, b"- [ ] new\n")

    assert prove_lines(found, [edit], found.apply([edit])) is None


TICKED = Effect(3, 1, (("tight task", 1, "x", "[x] a"),))


def test_prove_outline__as_planned():
    """Proof (b) holds where exactly the planned box changed."""
    found = page("# A\n\n- [ ] a\n- [ ] b\n")

    assert prove_outline(found, parse_again(found, found.apply([tick(found)])), [TICKED]) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# A\n\n- [ ] a\n- [ ] b\n", 3),
        ("# A\n\n- [x] a\n- [x] b\n", 4),
        ("# B\n\n- [x] a\n- [ ] b\n", 3),
        ("# A\n\n- [x] a\n  - [ ] b\n", 4),
        ("# A\n\n- [x] a\n\n- [ ] b\n", 3),
        ("# A\n\n- [x] a\n", 4),
        ("# A\n\n- [x] a\n- [ ] b\n\nc\n", 4),
        ("# A\n\n- [x] a\n- [ ] b\n\n[i]: /elsewhere\n", 1),
    ],
)
def test_prove_outline__refuses(text, line):
    """Proof (b) fails where another item, depth, heading, block or definition of a link would differ."""
    found = page("# A\n\n- [ ] a\n- [ ] b\n")

    with pytest.raises(RefusedError) as caught:
        prove_outline(found, parse_again(found, text.encode()), [TICKED])

    assert caught.value.where == f"roadmap.md:{line}"


def test_offset():
    """A place in an item's text is a place in the page's bytes, over wrapped lines and quotes."""
    found = page("> - [ ] ü b\n>   c ö\n")
    item = found.items[0]
    at = found.offset(item, item.content.index("ö"))

    assert found.data[at:].startswith("ö".encode())


def test_offset__cut_tab():
    """A tab that the list's indentation cuts in two leaves blanks in the text that the line does not have."""
    found = page("- [ ] \n\t[a](b) c\n")
    item = found.items[0]

    assert item.content == "[ ] \n  [a](b) c"
    assert found.data[found.offset(item, item.content.index("c")) :] == b"c\n"
    assert found.data[found.offset(item, item.words.start) :] == b"[a](b) c\n"


def test_offset__refuses_what_it_cannot_find():
    """Where the page's line does not end as the parser said, nothing is spliced."""
    found = page("- [ ] a\n- [ ] b\n")

    with pytest.raises(RefusedError) as caught:
        found.offset(replace(found.items[1], content="[ ] other"), 4)

    assert caught.value.where == "roadmap.md:2"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param([], b"abcdef", id="none"),
        pytest.param([Edit(12, 13, b"X"), Edit(10, 11, b"")], b"bXdef", id="in-any-order"),
        pytest.param([Edit(11, 11, b"1"), Edit(11, 11, b"2")], b"a12bcdef", id="at-one-place-in-their-order"),
        pytest.param([Edit(16, 16, b"!")], b"abcdef!", id="at-the-end"),
        pytest.param([Edit(10, 12, b""), Edit(12, 14, b"-")], b"-ef", id="side-by-side"),
    ],
)
def test_splice(edits, expected):
    """Edits count from the page's beginning, the data may begin later; what none names is copied."""
    assert splice(b"abcdef", edits, 10) == expected


def test_splice_refuses_what_overlaps():
    """Two edits of one byte have no order that is right."""
    with pytest.raises(RefusedError, match="two edits overlap") as raised:
        splice(b"abc", [Edit(0, 2, b""), Edit(1, 3, b"")], where="a.md")
    assert raised.value.where == "a.md"


def test_dialects_by_name():
    """The config's names are the table's; `auto` is none of them, and another name is an error."""
    assert [dialect_of(one.name) for one in DIALECTS] == [*DIALECTS]
    assert dialect_of("auto") is None
    with pytest.raises(KeyError):
        dialect_of("gitlab")


@pytest.mark.parametrize("name", [field.name for field in fields(Dialect)])
def test_a_dialect_is_whole(name):
    """A row of the table that lacks any one field cannot be made, nor does it type-check."""
    given = {field.name: getattr(MKDOCS, field.name) for field in fields(Dialect) if field.name != name}
    with pytest.raises(TypeError, match=name):
        Dialect(**given)
