"""The four forms that people see most, to the letter, and that none of them does anything on GitHub."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap_sync.plan.plan import PagePlan, Plan
from roadmap_sync.report import comment, pull_request
from tests.support import golden, reported
from tests.support.lexer import effects, plain_effects, without_code
from tests.support.makers import page

MARKDOWN = ("comment.md", "summary.md", "pull-request.md")


@pytest.mark.parametrize("name", sorted(golden.forms(golden.plan())))
def test_to_the_letter(name: str) -> None:
    """Each form of one plan is as it was looked at last; `python -m tests.support.golden` writes them anew."""
    assert golden.forms(golden.plan())[name] == (golden.FOLDER / name).read_text(encoding="utf-8")


def test_they_say_the_same() -> None:
    """Every form begins with the same sentence and names the same lines and reasons."""
    shown = golden.forms(golden.plan())

    for name in ("comment.md", "summary.md", "terminal.txt"):
        text = shown[name].replace("\x1b[1m", "")
        assert text.startswith("docs/roadmap.md: 1 tick; 2 changes were due before; 1 of 5 lines has no reference;"), (
            name
        )
    for text in shown.values():
        assert text.count("merged 2024-06-26") >= 1
        assert 'Status "Backlog"' in text


EFFECTS = {
    "mention": "ask @octo",
    "number": "see #7",
    "other repository": "acme/rocket#7",
    "short form": "GH-7",
    "closing word": "fixes #7",
    "closing a link": "closes https://github.com/acme/rocket/issues/7",
    "back-link": "[a](https://github.com/acme/rocket/issues/7)",
    "address": "https://x.example",
    "host": "www.x.example",
    "image": "![a](https://x.example/i.png)",
    "commit": "as of 0123456789abcdef0123456789abcdef01234567",
    "after a fold": "<details>\n\n#7\n\n</details>",
}


@pytest.mark.parametrize("text", EFFECTS.values(), ids=EFFECTS)
def test_the_lexer_finds(text: str) -> None:
    """What the tests below look for is found where it is."""
    assert effects(text)


@pytest.mark.parametrize("text", ["`@octo #7`", "```diff\n- @octo fixes #7\n```", "<!-- @octo #7 -->", "a@b? no. # 7"])
def test_the_lexer_knows_what_does_nothing(text: str) -> None:
    """Code and comments have no effect on GitHub."""
    assert not [found for found in effects(text) if not found.startswith(("mention: @b",))]


@pytest.mark.parametrize("name", MARKDOWN)
@pytest.mark.parametrize("plan", [golden.plan(), golden.hostile()], ids=["plain", "hostile"])
def test_nothing_of_it_acts_on_github(plan, name: str) -> None:
    """No mention, no bare number, no closing word, no link that would leave a back-link."""
    assert effects(golden.forms(plan)[name]) == []


def test_the_other_texts_do_nothing_either() -> None:
    """A title, a commit's message, the comments on a conflict and on a closed pull request, the one line in step."""
    plan = golden.hostile()
    in_step = comment.render(reported.plan(reported.page_plan(changes=(), notes=())))

    assert plain_effects(pull_request.title(plan)) == []
    assert effects(in_step + pull_request.comment("conflict", "") + pull_request.comment("closed", "")) == []


_PIECES = (
    "@octo ¦#7¦fixes ¦acme/rocket#7¦GH-7¦https://github.com/a/b/issues/1¦www.x.example¦|¦[a](https://x.example)¦"
    "<img src=x>¦`¦```¦~~~¦**¦\\¦-->¦</details>¦<details>¦deadbeef1¦ ¦a"
)
_ODD = st.lists(st.sampled_from(_PIECES.split("¦")), min_size=1, max_size=9).map("".join)


@given(_ODD, _ODD, _ODD)
def test_no_strangers_words_act_in_a_comment(words: str, because: str, message: str) -> None:
    """Whatever a line, a Status or a message holds, in table, fold and patch: no effect, and no fold is broken."""
    on = page(f"# A\n\n- [ ] acme/rocket#1 {words}\n\n- [ ] acme/rocket#2 {words}\n")
    known = [item for item in on.items if item.references]
    made = tuple(reported.change(on, item.line, because=because, caused=not n) for n, item in enumerate(known))
    one = replace(reported.page_plan(), page=on, path="a.md", changes=made, notes=(reported.note("guard", 3, message),))

    shown = comment.marked(comment.render(reported.plan(one)), "0" * 12)

    assert effects(shown) == []
    folds = sum(change.caused for change in made[:1]) + len(made[1:])
    assert without_code(shown).count("<details>") == without_code(shown).count("</details>") == folds


def test_without_a_checklist_the_board_is_not_spoken_of() -> None:
    """Nobody asked it, so nothing is said to be in step with it."""
    text = comment.render(Plan((PagePlan("README.md", None),)))

    assert text == "**Nothing is caused here:** there is no checklist to hold against the board.\n"


def test_suggestions_do_nothing_either() -> None:
    """The line suggested stands in a fence that its own backticks do not close."""
    on = page(f"- [ ] acme/rocket#1 {golden.HOSTILE}\n")
    due = reported.change(on, 1, because=f"Status {golden.HOSTILE}")

    (made,) = comment.suggestions(replace(reported.page_plan(), page=on, path="a.md", changes=(due,)), b"")

    assert "````suggestion\n" in made.body
    assert effects(made.body) == []
