"""Owns how a stranger's text is made harmless before it is shown: on a terminal, in a comment on GitHub.

Titles, statuses, headings and the page's own words come from people we do not know. What comes out of here
reads the same and does nothing: it moves no cursor, reverses no line, pings nobody, links nothing, closes
nothing. Must not know what the text is or where it goes beyond those two places.
"""

import re
import unicodedata

#: Joiners that emoji and several scripts need; every other invisible format character is shown by its number.
_JOINERS = frozenset("\u200c\u200d")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Whatever a terminal, Python or a browser takes for a new line, and the blanks around it.
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")

#: At most so many characters of a stranger's text in a message or a line of a page: GitHub's own limit for a title
#: (https://docs.github.com/en/graphql/reference/mutations#createissue) leaves room.
_LONGEST = 300
_LONGEST_EXCERPT = 500

#: A zero-width space cuts what GitHub's filters look for in the rendered text, where a backslash is already gone;
#: as an entity, so that the source shows it. No text holds one by then: `inline` spells it out.
_CUT = "\u200b"
_ESCAPES = {character: f"\\{character}" for character in "\\`*_[]|~"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "$": "&#36;",
    _CUT: "&#8203;",
}
#: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
_ACTIVE = re.compile(
    r"""(?P<before> [@#](?=\w) | GH-(?=\d) | :(?=//) | :(?=[\w+-]+:) | www(?=\.) | (?:mailto|xmpp)(?=:) )""",
    re.IGNORECASE | re.VERBOSE,
)
#: What may be the name of a commit, cut so that no part is long enough to be one.
_COMMIT = re.compile(r"(?<!\w)[0-9a-f]{7,40}(?!\w)")
#: What opens a heading, a list or a rule where it begins a line.
_OPENING = re.compile(r"\A(\d{1,9})?([-+=.)#])")


def inline(text: str) -> str:
    r"""Return the text on one line, with what a terminal would obey or hide spelled as `\x1b` or `\u202e`."""
    return "".join(map(_visible, _BREAKS.sub(" ", text)))


def excerpt(text: str) -> str:
    """Return the text on one line with single blanks between its words, cut after 500 characters."""
    return " ".join(inline(text).split())[:_LONGEST_EXCERPT]


def _visible(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def markdown(text: str) -> str:
    """Return Markdown that GitHub renders as the text's own characters, with no link, mention or effect.

    Fit for a paragraph, a list item or a table cell; not for a code span, where entities are not read.
    Closing words need no treatment of their own: they act only on a reference, and none is left.
    """
    parted = _COMMIT.sub(lambda match: _CUT.join(re.findall(".{1,6}", match[0])), inline(text).strip())
    cut = _ACTIVE.sub(rf"\g<before>{_CUT}", parted)
    shown = "".join(_ESCAPES.get(character, character) for character in cut)
    return _OPENING.sub(lambda match: f"{match[1] or ''}\\{match[2]}", shown)


#: A backslash does in both worlds (CommonMark and Python-Markdown know these), a hexadecimal entity where an
#: extension of MkDocs or a template engine would look first: its digits make no `#12`, and it holds no brace.
_IN_PAGE = (
    {character: f"\\{character}" for character in "\\`*_[]"}
    | {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
    }
    | {character: f"&#x{ord(character):X};" for character in "{}@#$~^|"}
)
#: Pairs and neighbours that become something: a scheme, an emoji, a marked or inserted text, a host, a key.
_IN_PAGE_PAIRS = re.compile(
    r"(?P<first>:)(?=//|[\w+-])|(?P<double>=(?==)|\+(?=\+))|(?<=\bwww)(?P<dot>\.)", re.IGNORECASE
)
#: GitHub makes a link of an address once entities are read, so that only a cut keeps it text.
_ADDRESS = re.compile(r"(?<=\w)(&#x40;)(?=\w)")


def in_page(text: str) -> str:
    """Return Markdown for a page whose rendering is the text's own characters and no element more.

    Holds in GitHub's renderer, Python-Markdown with Material's extensions, CommonMark, MDX and before template
    engines that read braces. Control and bidirectional characters are dropped, blanks folded; a title of more than
    300 characters is cut; of nothing, nothing is left: then the caller names the item in its own words.
    """
    seen = "".join(c for c in _BREAKS.sub(" ", text) if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    words = " ".join(seen.split())
    words = words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
    cut = _IN_PAGE_PAIRS.sub(lambda match: f"\0{ord(match[0]):X};", words)
    shown = "".join(_IN_PAGE.get(character, character) for character in cut)
    return _ADDRESS.sub(rf"\1{_ESCAPES[_CUT]}", shown.replace("\0", "&#x"))
