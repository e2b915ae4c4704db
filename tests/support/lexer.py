"""Finds in a text what GitHub would act on: mentions, references, closing words, links that leave a back-link.

Rendered by GitHub's own library first: code and hidden comments have no effect there. Written from GitHub's
documentation (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/
autolinked-references-and-urls), not from what our reports do.
"""

import html
import re

import cmarkgfm
from cmarkgfm.cmark import Options

_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
_GONE = re.compile(r"<!--.*?-->|<pre>.*?</pre>|<pre .*?</pre>|<code>.*?</code>", re.DOTALL)
_HREF = re.compile(r'(?:href|src)="([^"]*)"')
#: Of these GitHub writes into the timeline of what they name.
_BACK_LINK = re.compile(
    r"https?://(?:www\.)?github\.com/[^/\s]+/[^/\s]+/(?:issues|pull|discussions|commit)/", re.IGNORECASE
)
_EFFECTS = {
    "mention": re.compile(r"(?<![\w`])@[a-z0-9]", re.IGNORECASE),
    "reference": re.compile(r"(?<![&\w])#\d|\w#\d|\bGH-\d", re.IGNORECASE),
    "closing word": re.compile(
        r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?(?:#\d|GH-\d|https?://)", re.IGNORECASE
    ),
    "address": re.compile(r"https?://\S|\bwww\.\w", re.IGNORECASE),
    "commit": re.compile(r"(?<![\w/-])[0-9a-f]{7,40}(?![\w-])"),
}


def without_code(markdown: str) -> str:
    """Return the HTML that GitHub's library makes of a text, without code and hidden comments."""
    rendered = cmarkgfm.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE, extensions=_EXTENSIONS
    )
    return _GONE.sub(" ", rendered)


def effects(markdown: str) -> list[str]:
    """Return what a comment or body would do on GitHub, empty for nothing."""
    shown = without_code(markdown)
    found = [f"link: {url}" for url in _HREF.findall(shown) if not url.startswith("https://redirect.github.com/")]
    return found + plain_effects(html.unescape(re.sub(r"<[^>]*>", " ", shown)))


def plain_effects(text: str) -> list[str]:
    """Return what a title or a commit message would do on GitHub."""
    found = [f"{name}: {match[0]}" for name, pattern in _EFFECTS.items() for match in pattern.finditer(text)]
    return found + [f"back-link: {match[0]}" for match in _BACK_LINK.finditer(text)]
