"""Tests the table of report forms: every row renders, and the command line offers what the table holds."""

import click
import pytest

from roadmap_sync import cli
from roadmap_sync.errors import Exit
from roadmap_sync.report import diff, json, markdown, text
from roadmap_sync.report.forms import FORMS, Look, show
from tests.support import reported

RENDERED = {
    "diff": diff.render,
    "text": lambda plan: text.render(plan, notes="all", color=True).encode(),
    "markdown": lambda plan: markdown.render(plan, notes="all").encode(),
    "json": lambda plan: json.render(plan, Exit.DIFFERS).encode(),
}


@pytest.mark.parametrize("name", [form.name for form in FORMS])
def test_each_form_is_its_modules_own(name):
    """A form is rendered by its module, with the notes, the exit code and the colour that were asked for."""
    plan = reported.plan()
    assert show(plan, name, Look("all", Exit.DIFFERS, color=True, is_written=False)) == RENDERED[name](plan)


def test_a_form_that_the_table_lacks():
    """A name without a row is an error."""
    with pytest.raises(KeyError):
        show(reported.plan(), "xml", Look("all", Exit.OK, color=False, is_written=False))


@pytest.mark.parametrize(
    ("command", "names"),
    [
        pytest.param(cli.diff, [form.name for form in FORMS], id="diff"),
        pytest.param(cli.sync, [form.name for form in FORMS if not form.is_patch], id="sync"),
    ],
)
def test_what_the_command_line_offers(command, names):
    """`diff` takes every form, `sync` every form that is no patch: what was written needs no applying."""
    (option,) = [one for one in command.params if one.name == "form"]
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == names
