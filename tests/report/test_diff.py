"""Tests that the diff is what git takes: applied, it gives the bytes that `sync` writes."""

import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roadmap_sync.errors import RefusedError
from roadmap_sync.page.model import Edit
from roadmap_sync.plan.plan import PagePlan
from roadmap_sync.report import diff
from tests.support.makers import page
from tests.support.reported import TEXT, change, page_plan, plan

BOX = "[A](https://github.com/acme/rocket/issues/1)"
_GIT = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}


def applied(folder, path, data, patch):
    """The file's bytes once the real git has applied the patch."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    environment = _GIT | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        ["git", "apply", "-"], input=patch, cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.stderr, patch)
    return target.read_bytes()


def edited(data, edits, path="roadmap.md"):
    """The plan of one page with one change that makes these edits."""
    on = page(data, path=path)
    return PagePlan(path, on, (replace(change(page(TEXT), 5), edits=tuple(edits)),))


def test_the_patch_in_full():
    """The whole patch of the plan that all reports share, character by character."""
    expected = """\
--- a/docs/roadmap.md
+++ b/docs/roadmap.md
@@ -2,11 +2,11 @@
\x20
 ## Engines
\x20
-- [ ] [Quiet nozzle](https://github.com/acme/rocket/pull/12) for night starts
+- [x] [Quiet nozzle](https://github.com/acme/rocket/pull/12) for night starts
-- [x] [Wider tank](https://github.com/acme/rocket/issues/13#issuecomment-7)
+- [ ] [Wider tank](https://github.com/acme/rocket/issues/13#issuecomment-7)
 - [ ] acme/pad#14, by hand
\x20
 ## Crew & *guests*
\x20
-- [ ] [A window](https://github.com/acme/rocket/issues/15) <!-- roadmap-sync: known -->
+- [ ] ~~[A window](https://github.com/acme/rocket/issues/15)~~ <!-- roadmap-sync: known -->
 - [ ] Seats
"""

    assert diff.render(plan()).decode() == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# R\n\n- [ ] {BOX}\n", id="LF"),
        pytest.param(f"# R\r\n\r\n- [ ] {BOX}\r\n", id="CRLF"),
        pytest.param(f"# R\r\n\n- [ ] {BOX}\n\r\nend\r\n", id="mixed"),
        pytest.param(f"# R\r\r- [ ] {BOX}\rend\r", id="lone CR"),
        pytest.param(f"# R\n\n- [ ] {BOX}", id="no last newline"),
        pytest.param(f"- [ ] {BOX}\n\n\n\n\n\nend", id="context without last newline"),
        pytest.param(f"\ufeff- [ ] {BOX}\n", id="BOM"),
        pytest.param(f"a\u2028b\x0cc\x85d\n\n- [ ] {BOX} x\u2028y\x0c\n", id="odd separators"),
        pytest.param(f"-- a\n++ b\n@@ -1 +1 @@\n\n- [ ] {BOX}\n\n--- a\n+++ b\n", id="lines like a patch"),
        pytest.param("".join(f"# H{n}\n\n- [ ] {BOX}\n\n" + "text\n\n" * (n % 6) for n in range(12)), id="many hunks"),
    ],
)
def test_git_applies_it_to_odd_pages(tmp_path, text):
    """Whatever ends or separates its lines, the patched page is the plan's result."""
    on = page(text)
    one = PagePlan(on.path, on, tuple(change(on, item.line) for item in on.items))

    assert one.result != on.data
    assert applied(tmp_path, on.path, on.data, diff.render(plan(one))) == one.result


@pytest.mark.parametrize(
    ("path", "header"),
    [
        pytest.param("docs/roadmap.md", b"--- a/docs/roadmap.md\n", id="plain"),
        pytest.param("my docs/the  map.md", b"--- a/my docs/the  map.md\t\n", id="blanks"),
        pytest.param('a"b.md', b'--- "a/a\\"b.md"\n', id="quote"),
        pytest.param("a\\b.md", b'--- "a/a\\\\b.md"\n', id="backslash"),
        pytest.param("straße.md", b'--- "a/stra\\303\\237e.md"\n', id="not ASCII"),
        pytest.param("a\tb\x01.md", b'--- "a/a\\tb\\001.md"\n', id="control characters"),
    ],
)
def test_paths_are_quoted_as_git_quotes_them(tmp_path, path, header):
    """A path that would be misread stands in quotes, and git finds the file by it."""
    on = page(f"- [ ] {BOX}\n", path=path)
    one = PagePlan(path, on, (change(on, 1),))
    patch = diff.render(plan(one))

    assert patch.startswith(header)
    assert applied(tmp_path, path, on.data, patch) == one.result


def test_several_pages_are_one_patch(tmp_path):
    """Each changing page has its own header; one in step, one unread and one unproved add nothing."""
    pages = [page(f"- [ ] {BOX}\n", path=name) for name in ("a.md", "b.md", "c.md")]
    first, second, third = (PagePlan(on.path, on, (change(on, 1),)) for on in pages)
    unproved = PagePlan(third.path, third.page, third.changes, error=RefusedError("no"))
    still = PagePlan("d.md", page("- [x] done\n", path="d.md"))
    patch = diff.render(plan(first, still, PagePlan("e.md", None), unproved, second))

    (tmp_path / "b.md").write_bytes(pages[1].data)
    assert patch.count(b"+++ ") == 2
    assert applied(tmp_path, "a.md", pages[0].data, patch) == first.result
    assert (tmp_path / "b.md").read_bytes() == second.result


def test_no_change_no_patch():
    """A page in step gives no bytes at all, nor does an edit that leaves its bytes as they are."""
    assert diff.render(plan(page_plan(changes=()))) == b""
    assert diff.render(plan(edited(b"- [x] a\n", [Edit(3, 4, b"x")]))) == b""


_END = "\\ No newline at end of file\n"


@pytest.mark.parametrize(
    ("data", "edits", "hunks"),
    [
        pytest.param("a\n", [(0, 1, "b")], "@@ -1 +1 @@\n-a\n+b\n", id="one line"),
        pytest.param("a\nb\n", [(2, 2, "x\n")], "@@ -1,2 +1,3 @@\n a\n+x\n b\n", id="insert"),
        pytest.param("a\nb\n", [(4, 4, "x\n")], "@@ -1,2 +1,3 @@\n a\n b\n+x\n", id="append"),
        pytest.param("a", [(1, 1, "\nx\n")], f"@@ -1 +1,2 @@\n-a\n{_END}+a\n+x\n", id="append to an unended line"),
        pytest.param("a", [(1, 1, "x")], f"@@ -1 +1 @@\n-a\n{_END}+ax\n{_END}", id="lengthen an unended line"),
        pytest.param("a\nb\nc\n", [(2, 4, "")], "@@ -1,3 +1,2 @@\n a\n-b\n c\n", id="remove"),
        pytest.param("a\nb\nc\n", [(1, 2, "")], "@@ -1,3 +1,2 @@\n-a\n-b\n+ab\n c\n", id="join"),
        pytest.param("a\nb\n", [(1, 2, ""), (3, 3, "x")], "@@ -1,2 +1 @@\n-a\n-b\n+abx\n", id="join and lengthen"),
        pytest.param("a\n", [(1, 2, ""), (2, 2, "x")], f"@@ -1 +1 @@\n-a\n+ax\n{_END}", id="lose the last newline"),
        pytest.param("a\nb\n", [(1, 2, "x\n")], "@@ -1,2 +1,2 @@\n-a\n+ax\n b\n", id="a line end made anew"),
        pytest.param(
            "".join(f"{n}\n" for n in range(8)),
            [(0, 1, "x"), (14, 15, "y")],
            "@@ -1,8 +1,8 @@\n-0\n+x\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n+y\n",
            id="six lines between are one hunk",
        ),
        pytest.param(
            "".join(f"{n}\n" for n in range(9)),
            [(0, 1, "x\nx"), (16, 17, "y")],
            "@@ -1,4 +1,5 @@\n-0\n+x\n+x\n 1\n 2\n 3\n@@ -6,4 +7,4 @@\n 5\n 6\n 7\n-8\n+y\n",
            id="seven lines between are two",
        ),
    ],
)
def test_hunks_in_full(tmp_path, data, edits, hunks):
    """Ranges, context and ends of hunks to the character: git forgives what a reader would stumble over."""
    one = edited(data.encode(), [Edit(start, end, new.encode()) for start, end, new in edits])
    patch = diff.render(plan(one))

    assert patch.decode() == f"--- a/roadmap.md\n+++ b/roadmap.md\n{hunks}"
    assert applied(tmp_path, one.path, one.page.data, patch) == one.result


_LINES = st.lists(
    st.sampled_from(
        [b"\n", b"a\n", b"b\r\n", b"c\r", b"--- d\n", b"\\ e\n", b"\x0c\n", "\u2028f\n".encode(), b"a\n", b"g"]
    ),
    min_size=1,
    max_size=30,
).map(b"".join)
_NEW = st.lists(st.sampled_from([b"a\n", b"\n", b"x", b"y\r\n", b""]), max_size=3).map(b"".join)


@st.composite
def _edits(draw):
    """A page's bytes, and edits in it that do not overlap: replacing, inserting, removing, joining lines."""
    data = draw(_LINES)
    places = sorted(draw(st.lists(st.integers(0, len(data)), min_size=2, max_size=8)))
    pairs = zip(places[::2], places[1::2], strict=False)
    return data, [Edit(start, end, draw(_NEW)) for start, end in pairs]


@given(_edits())
def test_any_edits_make_a_patch_that_git_takes(tmp_path_factory, made):
    """Whatever lines are changed, inserted, removed or joined, the patch gives the bytes of the splice."""
    data, edits = made
    one = edited(data, edits)
    assume(one.result not in {data, b""})
    folder = tmp_path_factory.mktemp("applied")

    assert applied(folder, one.path, data, diff.render(plan(one))) == one.result
