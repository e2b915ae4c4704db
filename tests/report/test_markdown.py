"""Tests the report for comments and summaries on GitHub: what it says, and that it has no effect there."""

import html
import re
from dataclasses import replace

import cmarkgfm
from hypothesis import given
from hypothesis import strategies as st

from roadmap_sync.errors import RefusedError
from roadmap_sync.plan.plan import PagePlan
from roadmap_sync.references import Reference
from roadmap_sync.report import markdown
from tests.support.makers import page
from tests.support.reported import REFUSED, TEXT, change, note, page_plan, plan, reference

FIRST = "docs/roadmap.md: 1 tick, 1 untick, 1 strike; 1 of 5 lines has no reference; 1 needs attention, 2 remarks"
DOOR = "https://redirect.github.com/acme"
GOLDEN = f"""\
{FIRST}

| Section | Line | Change | Evidence |
| --- | ---: | --- | --- |
| Engines | 5 | `[ ]` → `[x]` Quiet nozzle for night starts \
| [\\#&#8203;12]({DOOR}/rocket/issues/12) merged 2024-06-26 |
| Engines | 6 | `[x]` → `[ ]` Wider tank | [\\#&#8203;13]({DOOR}/rocket/issues/13) Status "Backlog" |
| Crew &amp; guests | 11 | `[ ]` → `struck` A window \
| [\\#&#8203;15]({DOOR}/rocket/issues/15) closed as not planned 2024-05-01 |

**Needs attention**

* line 7: [acme/pad#&#8203;14]({DOOR}/pad/issues/14) not found, or this token may not see it (`unknown`)

2 remarks; --notes all
"""

#: What GitHub's filters act on, looked for in the source with its entities and escapes undone.
_EFFECTS = re.compile(
    r"@\w | \#\w | GH-\d | (?<!\]\()https?:// | www\. | \]\((?!https://redirect\.github\.com/[\w.-]+/[\w.-]+/issues/\d+\))",
    re.VERBOSE | re.IGNORECASE,
)


def is_without_effect(shown):
    """Whether nothing in the Markdown is a mention, a reference or a link, but those through the redirect."""
    plain = re.sub(r"\\(?=[^\w\s])", "", html.unescape(shown.replace("\\[", "(").replace("\\]", ")")))
    links = re.findall(r'href="([^"]*)"', cmarkgfm.github_flavored_markdown_to_html(shown))
    return not _EFFECTS.search(plain) and all(one.startswith("https://redirect.github.com/") for one in links)


def test_the_report_in_full():
    """The first words, a table of changes with their evidence, the notes, the remarks as a number."""
    assert markdown.render(plan()) == GOLDEN
    assert is_without_effect(GOLDEN)


def test_the_guard_against_effects_can_fail():
    """What the tests below look for is found where it is."""
    for text in ("see #7", "a/b#7", "@octo", "GH-7", "https://x.example", "[a](https://github.com/a/b/issues/1)"):
        assert not is_without_effect(text)


def test_all_notes_are_shown_when_asked_for():
    """`notes="all"` lists the remarks as well."""
    shown = markdown.render(plan(), notes="all")

    assert "**Notes**\n\n* line 7: " in shown
    assert (
        f"* line 11: [\\#&#8203;15]({DOOR}/rocket/issues/15) now acme/cabin#&#8203;15 (`moved-repository`)\n" in shown
    )
    assert shown.endswith("(`moved-repository`)\n")


def test_nothing_to_do_is_one_line():
    """A page in step has no table and no heading."""
    shown = markdown.render(plan(page_plan(changes=(), notes=())))

    assert shown == "docs/roadmap.md: in step; 1 of 5 lines has no reference\n"


def test_a_refusal_still_shows_the_whole_plan():
    """The first line says what is refused and the way out; the table follows."""
    shown = markdown.render(plan(page_plan(refusal=REFUSED)))

    assert shown.startswith("docs/roadmap.md: refused, 80 ticks where at most 50 may be made at once (--allow tick=80 ")
    assert re.findall(r"^\| [EC].* \| (\d+) \|", shown, re.MULTILINE) == ["5", "6", "11"]


def test_several_pages_stand_under_their_paths():
    """Each page has its sentence above and its table below; an unproved one has no table."""
    on = page("- [ ] acme/rocket#1\n", path="b_c.md")
    other = PagePlan("b_c.md", on, (change(on, 1, caused=False),), (note("guard", 0, "all of it"),))
    unproved = PagePlan("d.md", on, (change(on, 1),), error=RefusedError("not written"))

    shown = markdown.render(plan(page_plan(notes=()), other, unproved))

    assert shown.split("\n\n")[1:4] == [
        "b\\_c.md: nothing is caused here; 1 change was due before; its only line has a reference; 1 needs attention",
        "d.md: not written",
        "**docs/roadmap.md**",
    ]
    assert "merged 2024-06-26 (due before) |\n" in shown
    assert shown.count("| Section |") == 2
    assert shown.endswith("\n* b\\_c.md, the page: all of it (`guard`)\n")


def test_links_are_made_only_where_github_has_the_redirect():
    """On another host, and for a draft, the name stands without a link; with several references the reason has it."""
    on = page(TEXT)
    elsewhere = PagePlan("roadmap.md", replace(on, host="acme.ghe.com"), (change(on, 5),))
    draft = change(on, 5, reference=Reference("", "", 0, "PVTI_a", draft="PVTI_a"))
    several = change(on, 6, because="acme/rocket#13 merged; acme/pad#1 merged")
    here = PagePlan("roadmap.md", on, (draft, several))

    assert "| \\#&#8203;12 merged 2024-06-26 |" in markdown.render(plan(elsewhere))
    assert "| PVTI\\_a merged 2024-06-26 |" in markdown.render(plan(here))
    assert "| acme/rocket#&#8203;13 merged; acme/pad#&#8203;1 merged |" in markdown.render(plan(here))


_PIECES = (
    "@octo ¦#7¦fixes ¦acme/rocket#7¦GH-7¦https://github.com/a/b/issues/1¦www.x.example¦|¦\n¦[a](https://x.example)"
    "¦<img src=x onerror=y>¦`¦**¦~~¦\\¦-->¦</td>¦$¦:tada:¦a¦ "
)
_ODD = st.lists(st.sampled_from(_PIECES.split("¦")), min_size=1, max_size=8).map("".join)


@given(_ODD, _ODD, _ODD, _ODD)
def test_no_stranger_has_an_effect(section, words, because, message):
    """Whatever a heading, a line, a Status or a message holds: no mention, no reference, no link, no lost row."""
    on = page("# A\n\n- [ ] acme/rocket#1\n")
    named = replace(on, sections=tuple(replace(one, path=(section,)) for one in on.sections))
    changed = change(on, 3, before=f"- [ ] {words}", after=f"- [x] {words}", because=because)
    one = PagePlan("roadmap.md", named, (changed,), (note("unknown", 3, message, reference(1)),), guessed_done=(words,))

    shown = markdown.render(plan(one))

    assert is_without_effect(shown)
    rendered = cmarkgfm.github_flavored_markdown_to_html(shown)
    assert rendered.count("<td") == 4
    assert rendered.count("<li>") == 1
    assert "<img" not in rendered


def test_it_is_cut_by_whole_rows_with_a_count():
    """A plan of 900 changes and notes fits into a comment, and says how many rows are left out."""
    source = "".join(f"- [ ] {'word ' * 20} acme/rocket#{n}\n" for n in range(1, 901))
    on = page(source)
    changes = tuple(change(on, item.line) for item in on.items)
    notes = tuple(note("legend", line, "of this line") for line in range(1, 901))

    shown = markdown.render(plan(PagePlan("roadmap.md", on, changes, notes)), notes="all")

    rows = re.findall(r"^\|  \| \d+ .*\|$", shown, re.MULTILINE)
    assert 200 < len(rows) < 900
    assert 59_000 < len(shown) <= markdown.LARGEST == 60_000
    assert shown.endswith(f"\nLeft out here for length: {900 - len(rows)} changes and 900 notes.\n")
    assert "**Notes**" not in shown


def test_a_run_with_very_many_pages_fits_as_well():
    """More pages than a comment can name: the first is named, the rest counted."""
    one = page_plan(notes=(), changes=())

    shown = markdown.render(plan(*[one] * 2000))

    assert shown == "docs/roadmap.md: in step; 1 of 5 lines has no reference\n\nand 1999 more pages.\n"
