"""The command line: what each command prints where, writes, and exits with."""

import json
import os
import subprocess
import sys

import click
import pytest

from roadmap_sync import __version__, cli
from roadmap_sync.commands import desk
from roadmap_sync.errors import BugError
from tests.support.runs import CONFIG, PAGE, TICKED, Place, place

__all__ = ["place"]

SUMMARY = "docs/roadmap.md: 2 ticks; 1 of 8 lines has no reference; 2 need attention, 1 remark"
IN_STEP = "docs/roadmap.md: in step; 1 of 8 lines has no reference; 2 need attention, 1 remark"
NOTES = """\
Needs attention
  docs/roadmap.md:9: #14 closed as not planned 2024-05-01; the box is open [dropped]
  docs/roadmap.md:18: #12 its references disagree, so the box is left: acme/rocket#12 done \
(Status "Shipped", closed as completed 2024-06-26); acme/rocket#13 open (Status "Backlog") [ambiguous]
1 remark; --notes all
"""


def test_sync(place: Place) -> None:
    """The pages are written, the report is on stdout, and a second run has nothing to do."""
    ran = place.run("sync")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.decode().startswith(f"{SUMMARY}\n\nEngines\n      7  [ ] -> [x]  Fly\n         ticked: #12 ")
    assert ran.out.decode().endswith("\n\nwrote docs/roadmap.md: 2 ticks\n")
    assert place.page.read_bytes() == TICKED
    again = place.run("sync", "--format", "markdown")
    assert (again.code, again.out.decode().split("\n")[0]) == (0, IN_STEP.replace("_", "\\_"))
    assert (again.err, b"wrote" in place.run("sync").out) == ("", False)
    place.write("docs/roadmap.md", PAGE)
    assert place.run("sync", "--format", "json").err == "wrote docs/roadmap.md: 2 ticks\n"
    assert place.page.read_bytes() == TICKED


@pytest.mark.parametrize("arguments", [(), ("--notes", "attention"), ("-q",)])
def test_without_a_command_it_syncs(place: Place, arguments: tuple[str, ...]) -> None:
    """Nothing, or only options, means sync; quiet has nothing to say of a good run."""
    ran = place.run(*arguments)

    assert (ran.code, ran.err, bool(ran.out)) == (0, "", arguments != ("-q",))
    assert place.page.read_bytes() == TICKED


def test_without_a_command_and_a_config(place: Place) -> None:
    """Somebody who just tries the command gets help, and an exit code that stops a script."""
    (place.directory / "roadmap-sync.toml").unlink()
    ran = place.run()

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("Usage: roadmap-sync [OPTIONS] COMMAND [ARGS]...\n")
    assert place.server.log == []


def test_diff(place: Place) -> None:
    """The patch is on stdout and nothing else; what needs attention is on stderr, below the verdict."""
    ran = place.run("diff")

    assert ran.code == 0
    assert ran.out.startswith(b"--- a/docs/roadmap.md\n+++ b/docs/roadmap.md\n@@ -4,10 +4,10 @@\n")
    assert ran.err == f"{SUMMARY}\n{NOTES}"
    assert place.page.read_bytes() == PAGE
    assert place.run("diff", "--exit-code").code == 1
    assert place.run("diff", "-q", "--exit-code").err == ""


@pytest.mark.parametrize("arguments", [("diff", "--exit-code"), ("check",)])
def test_in_step(place: Place, arguments: tuple[str, ...]) -> None:
    """A page that is right gives no result and exit 0."""
    place.write("docs/roadmap.md", TICKED)
    ran = place.run(*arguments)

    assert (ran.code, ran.out) == (0, b"")
    assert ran.err.startswith(IN_STEP)


def test_forms(place: Place) -> None:
    """Each form of the report begins with the same verdict."""
    text = place.run("diff", "--format", "text", "--notes", "all")
    assert text.out.decode().startswith(f"{SUMMARY}\n")
    assert "[ticked-over-open]" in text.out.decode()
    assert text.err == ""
    markdown = place.run("diff", "--format", "markdown").out.decode()
    assert markdown.startswith(f"{SUMMARY}\n")
    found = json.loads(place.run("diff", "--format", "json", "--exit-code").out)
    assert (found["summary"], found["exit"], found["counts"]["tick"]) == (SUMMARY, 1, 2)
    assert found["board"]["source"] == "live"


def test_check(place: Place) -> None:
    """One line a change on stdout, the verdict on stderr, exit 1."""
    ran = place.run("check")

    assert ran.code == 1
    assert ran.out.decode() == (
        'docs/roadmap.md:7:4: tick #12 Status "Shipped", closed as completed 2024-06-26\n'
        "docs/roadmap.md:10:4: tick #15 merged 2024-03-02\n"
    )
    assert ran.err == f"{SUMMARY}\n{NOTES}"
    assert "[ticked-over-open]" in place.run("check", "--notes", "all").err
    assert json.loads(place.run("check", "--format", "json").out)["exit"] == 1
    assert place.page.read_bytes() == PAGE


def test_check_against_a_page(place: Place) -> None:
    """What the base had to do as well is not this page's fault; one reading serves both."""
    place.write("old.md", PAGE.replace(b"[ ] [Fly]", b"[x] [Fly]"))
    ran = place.run("check", "--base-page", "old.md")

    assert ran.code == 1
    assert ran.out.decode() == (
        'docs/roadmap.md:7:4: tick #12 Status "Shipped", closed as completed 2024-06-26\n'
        "docs/roadmap.md: 1 change was due before\n"
    )
    assert "1 tick; 1 change was due before; " in ran.err
    requests = len(place.server.log)
    place.run("check")
    assert len(place.server.log) == 2 * requests
    place.write("old.md", PAGE)
    same = place.run("check", "--base-page", "old.md")
    assert (same.code, same.out) == (0, b"docs/roadmap.md: 2 changes were due before\n")


def test_check_guards_only_what_is_caused(place: Place) -> None:
    """A page that was far behind already does not fail the person who changes another line."""
    place.write("roadmap-sync.toml", CONFIG.replace("[[pages]]", "[guards]\nmax_tick = 0\n[[pages]]"))
    place.write("old.md", PAGE)

    assert place.run("check", "--base-page", "old.md").code == 0
    assert place.run("check").code == 4


BASES = {
    "missing": (None, "old.md: no such file"),
    "not UTF-8": (b"- [ ] \xff\n", "docs/roadmap.md:1 in old.md: not UTF-8: byte 0xff at offset 6"),
}


@pytest.mark.parametrize(("data", "message"), BASES.values(), ids=BASES)
def test_check_against_a_page_that_cannot_be_read(place: Place, data: bytes | None, message: str) -> None:
    """It is the base that is wrong, and that is said."""
    if data is not None:
        place.write("old.md", data)
    ran = place.run("check", "--base-page", "old.md")

    assert ran.code == 2
    assert f"roadmap-sync: {message}\n" in ran.err


def test_check_compares_one_page_with_one_file(place: Place) -> None:
    """A file beside several pages, or beside a revision, would be a guess."""
    place.write("roadmap-sync.toml", CONFIG + '[[pages]]\npath = "README.md"\n')
    message = "roadmap-sync: --base-page compares one page with one file\n  Name one PAGE, and leave out --base.\n"

    assert place.run("check", "--base-page", "old.md").err == message
    assert place.run("check", "--base-page", "old.md", "--base", "HEAD", "docs/roadmap.md").err == message


EXPLAINED = {
    "done": (
        7,
        """\
docs/roadmap.md:7: [Fly](https://github.com/acme/rocket/issues/12)
  section    Roadmap > Engines
  box        [ ] open
  reference  acme/rocket#12, Fly
  evidence   Status "Shipped", closed as completed 2024-06-26
  rule       3: an item with a Status that means done is done, unless its own state contradicts that
  verdict    done
  result     the box is ticked
""",
    ),
    "ticked over open": (
        8,
        """\
docs/roadmap.md:8: [Land](https://github.com/acme/rocket/issues/13)
  section    Roadmap > Engines
  box        [x] ticked
  reference  acme/rocket#13, Land
  evidence   Status "Backlog"
  rule       4: an item with any other Status is open
  verdict    open
  result     the box is left ticked: `untick` is not set, and a part of the item may be done
  note       ticked, but Status "Backlog" [ticked-over-open]
""",
    ),
    "dropped": (9, "  result     the box is left: for a dropped item there is only a note\n"),
    "wrapped line": (11, "docs/roadmap.md:10: Orbit, see https://github.com/acme/rocket/pull/15 over two lines\n"),
    "without a reference": (
        15,
        """\
docs/roadmap.md:15: Paint the whole hull
  section    Roadmap > Hull
  box        [ ] open
  result     left alone: it names no issue or pull request, and nothing is matched by title
  nearest    items of the board with similar words
     80      acme/rocket#16 Paint the hull, Status "Backlog"
             in common: paint, hull
  If one is meant, end the line with <!-- roadmap-sync: acme/rocket#16 -->
""",
    ),
    "struck": (16, "  result     left alone: it is struck through, so a person has decided\n"),
    "ignored": (17, "  result     left alone: a `roadmap-sync: ignore` comment covers it\n"),
    "several references": (18, "  result     the box is left: its references disagree\n"),
    "text": (
        3,
        (
            "docs/roadmap.md:3: text, not a line of the checklist; it is never changed\n"
            "  The nearest checklist line is docs/roadmap.md:7: [Fly](https://github.com/acme/rocket/issues/12)\n"
        ),
    ),
    "blank": (6, "docs/roadmap.md:6: a blank line, not a line of the checklist"),
    "heading": (5, 'docs/roadmap.md:5: the heading "Roadmap > Engines", not a line of the checklist'),
}


@pytest.mark.parametrize(("line", "expected"), EXPLAINED.values(), ids=EXPLAINED)
def test_explain(place: Place, line: int, expected: str) -> None:
    """The reason for a line, whatever it is; and no word of a private item."""
    ran = place.run("explain", f"docs/roadmap.md:{line}:4" if line == 7 else f"docs/roadmap.md:{line}")

    assert (ran.code, ran.err) == (0, "")
    assert expected in ran.out.decode()
    assert b"secret" not in ran.out


ASKS_NOTHING = [3, 6, 16, 17]


@pytest.mark.parametrize("line", ASKS_NOTHING)
def test_explain_asks_no_more_than_it_needs(place: Place, line: int) -> None:
    """What no answer could change is told without a request, and without a token."""
    place.run("explain", f"docs/roadmap.md:{line}")

    assert place.server.log == []


RESULTS = {
    "left, right as it is": ("[x] https://github.com/acme/rocket/issues/12", "", "the box is right as it is"),
    "left, unknown": (
        "[ ] https://github.com/acme/rocket/issues/99",
        "",
        "the box is left: nothing is known for certain",
    ),
    "unticked": ("[x] https://github.com/acme/rocket/issues/13", "untick = true", "the box is unticked"),
    "a part of the item": (
        "[x] https://github.com/acme/rocket/issues/13#issuecomment-1",
        "untick = true",
        "the box is left ticked: the line is about a part: its link leads to a comment",
    ),
    "struck": ("[ ] https://github.com/acme/rocket/issues/14", 'dropped = "strike"', "the line is struck"),
    "context": (
        "[ ] https://github.com/acme/rocket/issues/12 for https://github.com/other/thing/issues/1",
        "",
        "other/thing#1, which does not count for this line",
    ),
}


@pytest.mark.parametrize(("item", "policy", "expected"), RESULTS.values(), ids=RESULTS)
def test_explain_what_becomes_of_the_box(place: Place, item: str, policy: str, expected: str) -> None:
    """Each way a box can go, or stay, has its words."""
    place.write("docs/roadmap.md", f"- {item}\n")
    place.write("roadmap-sync.toml", CONFIG.replace("[[pages]]", f"[policy]\n{policy}\n[[pages]]"))

    assert expected in place.run("explain", "docs/roadmap.md:1").out.decode()


def test_explain_a_line_that_another_is_added_after(place: Place) -> None:
    """What comes below a line is no change of its own."""
    place.write("docs/roadmap.md", "# Hull\n\n- [x] https://github.com/acme/rocket/issues/12\n")
    text = CONFIG.replace('["Shipped"]', '["Shipped"]\nadd = ["Backlog"]')
    place.write("roadmap-sync.toml", text + '[[pages.areas]]\nheading = "Hull"\nfilter = "is:issue"\n')

    assert b"docs/roadmap.md:3:1: add #16" in place.run("check").out
    assert "the box is right as it is" in place.run("explain", "docs/roadmap.md:3").out.decode()


def test_explain_a_line_that_the_config_leaves_out(place: Place) -> None:
    """Lines outside the chosen sections say so; a refused page says so too."""
    place.write("roadmap-sync.toml", CONFIG + 'sections = ["Hull"]\n')
    assert "not under one of the config's `sections`" in place.run("explain", "docs/roadmap.md:7").out.decode()
    place.write("roadmap-sync.toml", CONFIG.replace("[[pages]]", "[guards]\nmax_tick = 1\n[[pages]]"))
    assert "the page is refused: 2 where max_tick is 1" in place.run("explain", "docs/roadmap.md:7").out.decode()


PLACES = {
    "no line": (
        "docs/roadmap.md",
        '"docs/roadmap.md" names no line\n  Write PAGE:LINE, for example docs/roadmap.md:31.',
    ),
    "line 0": ("docs/roadmap.md:0", '"docs/roadmap.md:0" names no line\n  Write PAGE:LINE'),
    "behind the end": ("docs/roadmap.md:22", "docs/roadmap.md: there is no line 22\n  It has 21 lines."),
    "another page": ("README.md:1", 'roadmap-sync.toml: the config does not name the page "README.md"\n'),
}


@pytest.mark.parametrize(("where", "message"), PLACES.values(), ids=PLACES)
def test_explain_a_place_that_is_none(place: Place, where: str, message: str) -> None:
    """The way to name a place is said."""
    ran = place.run("explain", where)

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {message}")


def test_snapshot_stands_for_github(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything can be had again from the file, without a token and without a request."""
    live = [place.run(*arguments) for arguments in (("diff",), ("check",), ("explain", "docs/roadmap.md:15"))]
    saved = place.run("snapshot", "board.json")
    assert (saved.code, saved.out) == (0, b"")
    assert saved.err == "board.json: 4 items of the board, 4 references looked up\n"
    text = (place.directory / "board.json").read_text()
    assert "secret" not in text
    assert "test-token" not in text
    monkeypatch.delenv("GH_TOKEN")
    place.server.log.clear()

    for arguments, before in zip((("diff",), ("check",), ("explain", "docs/roadmap.md:15")), live, strict=True):
        again = place.run(*arguments, "--board", "board.json")
        assert (again.code, again.out, again.err) == (before.code, before.out, before.err)
    assert place.run("snapshot", "board.json", "--board", "board.json").code == 0
    known = {entry.get("reference") for entry in json.loads(text)["items"]} - {None}
    assert {entry["reference"] for entry in json.loads((place.directory / "board.json").read_text())["items"]} == known
    assert place.server.log == []


def test_a_snapshot_of_several_pages_keeps_going(place: Place) -> None:
    """A page that cannot be read is said, and the board is saved all the same."""
    place.write("roadmap-sync.toml", CONFIG + '[[pages]]\npath = "gone.md"\n')
    ran = place.run("snapshot", "board.json")

    assert ran.code == 2
    assert "roadmap-sync: gone.md: no such file\n" in ran.err
    assert json.loads((place.directory / "board.json").read_text())["version"] == 1


def test_without_a_config(place: Place) -> None:
    """A board and a page are enough for ticks; what means done is guessed, and that is said."""
    (place.directory / "roadmap-sync.toml").unlink()
    ran = place.run("diff", "--board", "https://github.com/orgs/acme/projects/3", "docs/roadmap.md")

    assert ran.code == 0
    assert ran.out.count(b"\n+- [x]") == 2
    assert ran.err.splitlines()[0].endswith('; done = "Shipped" (guessed)')


SNAPSHOTS = {
    "recorded": '"board": {"url": "https://github.com/orgs/acme/projects/3", "options": ["Backlog", "Shipped"]}, ',
    "by hand": "",
}


@pytest.mark.parametrize("board", SNAPSHOTS.values(), ids=SNAPSHOTS)
def test_a_snapshot_without_a_config(place: Place, board: str) -> None:
    """A file and a page are enough, even a file of one line that a person wrote."""
    (place.directory / "roadmap-sync.toml").unlink()
    items = '"items": [{"reference": "acme/rocket#12", "state": "CLOSED", "status": "Shipped"}]'
    place.write("board.json", f'{{"version": 1, {board}{items}}}')
    ran = place.run("diff", "--board", "board.json", "docs/roadmap.md")

    assert (ran.code, ran.out.count(b"\n+- [x]")) == (0, 1)
    assert "3 references are not in the snapshot" in ran.err
    assert place.server.log == []
    assert (
        b"no items of the board with similar words"
        in place.run("explain", "--board", "board.json", "docs/roadmap.md:15").out
    )


def test_verbose_says_what_was_asked(place: Place) -> None:
    """The cost of a reading, where it is wanted."""
    ran = place.run("check", "-v")

    assert "https://github.com/orgs/acme/projects/3 (live): 1 request, 1 point, " in ran.err
    assert "test-token" not in ran.err


def test_verbose_tells_each_reading(place: Place) -> None:
    """A command that reads the board twice tells the cost of both."""
    ran = place.run("link", "-v")

    assert ran.err.count("https://github.com/orgs/acme/projects/3 (live): ") == 2


def test_several_pages(place: Place) -> None:
    """One reading serves all; one page's error keeps no other from being written; the worst exit code wins."""
    more = "".join(f'[[pages]]\npath = "{path}"\n' for path in ("gone.md", "b.md", "plain.md"))
    place.write("roadmap-sync.toml", CONFIG + more)
    place.write("b.md", "- [ ] https://github.com/acme/rocket/issues/12\n")
    place.write("plain.md", "| a |\n|---|\n")
    ran = place.run("sync")

    assert ran.code == 2
    assert ran.out.decode().splitlines()[:4] == [
        SUMMARY,
        "gone.md: no such file",
        "b.md: 1 tick; its only line has a reference",
        "plain.md: nothing to check: no checklist; the table in line 1 is not read",
    ]
    assert ran.err == "roadmap-sync: gone.md: no such file\n  Paths are relative to the working directory.\n"
    assert place.page.read_bytes() == TICKED
    assert (place.directory / "b.md").read_bytes() == b"- [x] https://github.com/acme/rocket/issues/12\n"
    assert len(place.server.log) == 1


def test_chosen_pages(place: Place) -> None:
    """PAGE chooses among the configured ones, in its own order, each once."""
    place.write("roadmap-sync.toml", CONFIG + '[[pages]]\npath = "b.md"\n')
    place.write("b.md", "- [ ] https://github.com/acme/rocket/issues/12\n")
    ran = place.run("sync", "./b.md", "b.md")

    assert ran.out.decode().startswith("b.md: 1 tick")
    assert place.page.read_bytes() == PAGE
    other = place.run("sync", "docs/roadmup.md")
    assert other.code == 2
    assert other.err == (
        'roadmap-sync: roadmap-sync.toml: the config does not name the page "docs/roadmup.md"\n'
        '  Did you mean "docs/roadmap.md"? It names docs/roadmap.md, b.md.\n'
    )


def test_a_page_without_a_checklist(place: Place) -> None:
    """It is said, with the line of a table if there is one; nobody is asked; exit 0."""
    place.write("docs/roadmap.md", "# Plan\n\n| a |\n|---|\n| b |\n")
    ran = place.run("diff")

    assert (ran.code, ran.out) == (0, b"")
    assert ran.err == "docs/roadmap.md: nothing to check: no checklist; the table in line 3 is not read\n"
    assert place.server.log == []


def test_a_guard(place: Place) -> None:
    """Over a guard the page is left, the plan is still shown, and one run can be let through."""
    place.write("roadmap-sync.toml", CONFIG.replace("[[pages]]", "[guards]\nmax_tick = 1\n[[pages]]"))
    refused = place.run("sync")
    assert refused.code == 4
    assert (
        "refused, 2 ticks where at most 1 may be made at once (--allow tick=2 lets them through)"
        in refused.out.decode()
    )
    assert place.page.read_bytes() == PAGE
    shown = place.run("diff")
    assert (shown.code, shown.out.count(b"\n+")) == (4, 3)
    assert place.run("sync", "--allow", "tick=2").code == 0
    assert place.page.read_bytes() == TICKED


def test_a_saved_plan(place: Place) -> None:
    """What was looked at is what is written."""
    saved = place.run("diff", "--out", "plan.json", "--exit-code")
    assert saved.code == 1
    assert json.loads((place.directory / "plan.json").read_text())["exit"] == 1

    assert place.run("sync", "--plan", "plan.json").code == 0
    assert place.page.read_bytes() == TICKED


def test_a_saved_plan_that_is_not_due_any_more(place: Place) -> None:
    """A page that moved, another board, another set of pages: the difference, exit 4, nothing written."""
    place.run("diff", "--out", "plan.json")
    longer = b"A new line.\n" + PAGE
    place.write("docs/roadmap.md", longer)
    ran = place.run("sync", "--plan", "plan.json")
    assert (ran.code, ran.out) == (4, b"")
    assert ran.err == (
        "roadmap-sync: plan.json: the plan has changed since it was saved; nothing was written\n"
        "  docs/roadmap.md: the page has changed since\n"
        "  docs/roadmap.md:7: tick was planned then, and is not now\n"
        "  docs/roadmap.md:10: tick was planned then, and is not now\n"
        "  docs/roadmap.md:8: tick is planned now, and was not then\n"
        "  docs/roadmap.md:11: tick is planned now, and was not then\n"
        "  Look at the new plan, and save it: roadmap-sync diff --out FILE\n"
    )
    assert place.page.read_bytes() == longer

    place.write("docs/roadmap.md", PAGE)
    place.server.world.repository("acme/rocket").issue(13).change(state="CLOSED", reason="COMPLETED")
    place.write("roadmap-sync.toml", CONFIG + '[[pages]]\npath = "b.md"\n')
    place.write("b.md", "")
    other = place.run("sync", "--plan", "plan.json")
    assert other.code == 4
    assert "  b.md: was not among the pages\n" in other.err
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "plan.json: no such file"),
        (b"\xff", "plan.json: not UTF-8: byte 0"),
        (b"{", "plan.json: not JSON: "),
        (b"[]", "plan.json: not a plan of roadmap-sync"),
    ],
    ids=["missing", "not UTF-8", "not JSON", "no plan"],
)
def test_a_saved_plan_that_is_none(place: Place, text: bytes | None, message: str) -> None:
    """It is said what is wrong with the file, and nothing is written."""
    if text is not None:
        place.write("plan.json", text)
    ran = place.run("sync", "--plan", "plan.json")

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {message}")
    assert place.page.read_bytes() == PAGE


def test_in_github_actions(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner gets annotations, a summary and outputs; without its files, no file is written."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(place.directory / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(place.directory / "output"))
    ran = place.run("diff", "--out", "plan.json")

    assert "::warning file=docs/roadmap.md,line=7,col=4,title=roadmap-sync::tick #12 " in ran.err
    assert b"::warning" not in ran.out
    assert SUMMARY in (place.directory / "summary").read_text()
    assert "\nplan.json\n" in (place.directory / "output").read_text()


USAGE = {
    "unknown command": (("dif",), "No such command 'dif'. Did you mean 'diff'?\n  Try: roadmap-sync --help\n"),
    "unknown option": (
        ("diff", "--ot", "x"),
        "No such option '--ot'.",
    ),
    "unknown option alone": (("--nonsense",), "No such option '--nonsense'."),
    "guard of no kind": (
        ("sync", "--allow", "tock=1"),
        "Invalid value for '--allow': \"tock=1\" is not KIND=N, with KIND one of tick, untick, strike, add, move.\n",
    ),
    "guard of no number": (("diff", "--allow", "tick=x"), "Invalid value for '--allow': \"tick=x\" is not KIND=N"),
    "form of another command": (("sync", "--format", "diff"), "Invalid value for '--format': 'diff' is not one of"),
    "timeout of nothing": (("check", "--timeout", "0"), "Invalid value for '--timeout': 0.0 is not in the range x>0."),
    "missing argument": (("explain",), "Missing argument 'PAGE:LINE'.\n  Try: roadmap-sync explain --help\n"),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE)
def test_a_wrong_command_line(place: Place, arguments: tuple[str, ...], message: str) -> None:
    """What is wrong, what was meant, and where help is; nothing read, nothing asked."""
    ran = place.run(*arguments)

    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith(f"roadmap-sync: {message}")
    assert "\n  Try: roadmap-sync " in ran.err
    assert place.server.log == []


@pytest.mark.parametrize("arguments", [("--version",), ("diff", "--version")])
def test_version(place: Place, arguments: tuple[str, ...]) -> None:
    """The version is a result."""
    ran = place.run(*arguments)

    assert (ran.code, ran.out, ran.err) == (0, f"roadmap-sync {__version__}\n".encode(), "")


@pytest.mark.parametrize("command", [None, *sorted(cli.roadmap_sync.commands)])
def test_help(place: Place, command: str | None) -> None:
    """Each command has help with one example that begins with the program's name."""
    ran = place.run(*([command] if command else []), "--help")

    assert ran.code == 0
    text = ran.out.decode()
    if command:
        assert text.count(f"Example:\n    roadmap-sync {command}") == 1
    else:
        assert 'eval "$(_ROADMAP_SYNC_COMPLETE=bash_source roadmap-sync)"' in text


def test_every_option_is_offered_for_something() -> None:
    """No option of a later version is taken and ignored."""
    offered = {
        name: {option for param in command.params for option in param.opts if option.startswith("--")}
        for name, command in cli.roadmap_sync.commands.items()
    }
    common = {"--config", "--board", "--concurrency", "--timeout", "--no-color", "--quiet", "--verbose"}
    common |= {"--debug", "--version"}

    assert {name: options - common for name, options in offered.items()} == {
        "sync": {"--to", "--plan", "--dry-run", "--format", "--notes", "--allow"},
        "diff": {"--to", "--format", "--out", "--exit-code", "--notes", "--allow"},
        "check": {"--base", "--base-page", "--format", "--notes", "--allow"},
        "doctor": set(),
        "explain": {"--notes"},
        "init": {"--write"},
        "link": {"--write", "--format"},
        "snapshot": set(),
    }
    assert all(options >= common for options in offered.values())


def test_completion(place: Place) -> None:
    """A shell is told the commands that there are."""
    environ = os.environ | {"_ROADMAP_SYNC_COMPLETE": "bash_complete", "COMP_WORDS": "roadmap-sync ", "COMP_CWORD": "1"}
    (place.directory / "roadmap-sync.toml").unlink()
    shell = subprocess.run(
        [sys.executable, "-c", "import sys; from roadmap_sync.cli import main; sys.exit(main([]))"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shell.stdout.split() == [f"plain,{name}" for name in sorted(cli.roadmap_sync.commands)]


def test_a_bug_of_ours(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 70 and a request to report it; a traceback only where it is wanted, and never a token in it."""

    def broken(*_: object) -> None:
        msg = "token test-token \x1b[2J"
        raise LookupError(msg)

    monkeypatch.setattr(desk, "make_page_plan", broken)
    ran = place.run("diff")
    assert (ran.code, ran.out) == (70, b"")
    assert ran.err == (
        "roadmap-sync: this is a bug: LookupError: token *** \\x1b[2J\n"
        "  Please report it, with the command that you ran. --debug shows where it happened.\n"
    )
    traced = place.run("diff", "--debug")
    assert traced.err.startswith("Traceback (most recent call last):\n")
    assert "test-token" not in traced.err


def test_a_broken_promise(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A BugError is a bug like any other."""

    def broken(*_: object) -> None:
        raise BugError("a document of ours does not parse")

    monkeypatch.setattr(desk, "make_page_plan", broken)
    ran = place.run("sync")

    assert ran.code == 70
    assert ran.err == (
        "roadmap-sync: a document of ours does not parse\n"
        "  Please report it, with the command that you ran. --debug shows where it happened.\n"
    )
    assert place.page.read_bytes() == PAGE


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_interrupted(place: Place, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    """Ctrl-C is exit 130, and the page is as it was."""

    def interrupt(*_: object) -> None:
        raise error

    monkeypatch.setattr(desk, "make_page_plan", interrupt)
    ran = place.run("sync")

    assert (ran.code, ran.out, ran.err.strip()) == (130, b"", "roadmap-sync: interrupted")
    assert place.page.read_bytes() == PAGE


def test_colour_is_for_a_terminal(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a pipe, not with --no-color, not with NO_COLOR."""
    command = ("diff", "--format", "text")
    assert b"\x1b[" not in place.run(*command).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    assert b"\x1b[" in place.run(*command).out
    assert b"\x1b[" not in place.run(*command, "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in place.run(*command).out


def test_no_command_is_described_in_half_a_sentence(place: Place) -> None:
    """The list of commands has a whole sentence for each."""
    listed = place.run("--help").out.decode().partition("Commands:\n")[2].partition("\n\n")[0].splitlines()

    assert len(listed) == len(cli.roadmap_sync.commands)
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []
