"""The pictures of the documentation are of what the program prints today."""

import html
import importlib.util
import re

import pytest

from tests.support.runner import ROOT

_SPEC = importlib.util.spec_from_file_location("make_pictures", ROOT / "scripts" / "make_pictures.py")
make_pictures = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make_pictures)


@pytest.fixture(scope="module")
def drawn():
    """What would be drawn now, by file."""
    return {name: (title, shown) for name, title, shown in make_pictures.pictures()}


@pytest.mark.parametrize("name", ["terminal.svg", "comment.svg"])
def test_a_picture_shows_todays_words(drawn, name):
    """Run scripts/make_pictures.py where this fails: a report looks different from its picture."""
    title, shown = drawn[name]
    svg = (ROOT / "docs" / "pictures" / name).read_text(encoding="utf-8")
    words = html.unescape(" ".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg))).replace("\xa0", " ").split()
    console = make_pictures.drawn(shown)

    assert words == f"{title} {console.export_text()}".split()


@pytest.mark.parametrize("name", ["terminal.svg", "comment.svg"])
def test_a_picture_fetches_nothing(name):
    """Whoever looks at the page asks nobody else for a font or an image."""
    svg = (ROOT / "docs" / "pictures" / name).read_text(encoding="utf-8")

    assert not re.findall(r"url\([\"']?http|href=|<image|@import|@font-face", svg)
