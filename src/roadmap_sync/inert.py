"""Owns how a stranger's text is made harmless before it is shown: on a terminal, in a comment, on the page.

Titles, Statuses, headings and the page's own words come from people we do not know. The text that comes out reads
the same and has no effect: it moves no cursor, reverses no line, mentions nobody, links to nothing, closes nothing.
Must not know what the text is about.
"""

import re
import unicodedata

#: Joiners that emoji and several scripts need. Every other invisible character is shown as its number.
_JOINERS = frozenset("\u200c\u200d")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: What a terminal, Python or a browser takes for a line break or a tab.
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")

#: At most so many characters of a stranger's text in a message or a line of a page: GitHub's own limit for a title
#: (https://docs.github.com/en/graphql/reference/mutations#createissue) leaves room.
_LONGEST = 300
_LONGEST_EXCERPT = 500

#: A zero-width space. GitHub looks for mentions and the like in rendered text, where no backslash is left; this cuts
#: them. It is written as an entity, to be seen in the source. The text itself holds none: `inline` spells it out.
_CUT = "\u200b"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = {character: f"\\{character}" for character in "\\`*_[]|~"} | _ENTITIES | {"$": "&#36;", _CUT: "&#8203;"}
#: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
_ACTIVE = re.compile(
    r"""(?P<before> [@#](?=\w) | GH-(?=\d) | :(?=//) | :(?=[\w+-]+:) | www(?=\.) | (?:mailto|xmpp)(?=:) )""",
    re.IGNORECASE | re.VERBOSE,
)
#: What may be the name of a commit. It is cut into parts that are too short for one.
_COMMIT = re.compile(r"(?<!\w)[0-9a-f]{7,40}(?!\w)")
#: What begins a heading, a list or a rule at the start of a line.
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
    Words that close issues need no treatment: they act on a reference, and none is left.
    """
    parted = _COMMIT.sub(lambda match: _CUT.join(re.findall(".{1,6}", match[0])), inline(text).strip())
    cut = _ACTIVE.sub(rf"\g<before>{_CUT}", parted)
    shown = "".join(_ESCAPES.get(character, character) for character in cut)
    return _OPENING.sub(lambda match: f"{match[1] or ''}\\{match[2]}", shown)


#: CommonMark and Python-Markdown both know these after a backslash. The others are read by extensions of MkDocs or by
#: template engines first, so they become hexadecimal entities, which hold no brace and no `#12`.
_IN_PAGE = (
    {character: f"\\{character}" for character in "\\`*_[]"}
    | _ENTITIES
    | {character: f"&#x{ord(character):X};" for character in "{}@#$~^|"}
)
#: Characters that mean something beside others: in a URL, an emoji, a marked or inserted text, a key.
_IN_PAGE_PAIRS = re.compile(
    r"(?P<first>:)(?=//|[\w+-])|(?P<double>=(?==)|\+(?=\+))|(?<=\bwww)(?P<dot>\.)", re.IGNORECASE
)
#: GitHub links a mail address after it has read entities, so only a cut prevents that.
_ADDRESS = re.compile(r"(?<=\w)(&#x40;)(?=\w)")


def in_page(text: str) -> str:
    """Return Markdown for a page whose rendering is the text's own characters and no element more.

    This holds for GitHub's renderer, Python-Markdown with Material's extensions, CommonMark, MDX, and for template
    engines that read braces. Control and bidirectional characters are dropped, blanks folded, and a title of more
    than 300 characters is cut. The result is empty where nothing is left; the caller then names the item itself.
    """
    seen = "".join(c for c in _BREAKS.sub(" ", text) if c in _JOINERS or unicodedata.category(c) not in _UNSEEN)
    words = " ".join(seen.split())
    words = words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
    cut = _IN_PAGE_PAIRS.sub(lambda match: f"\0{ord(match[0]):X};", words)
    shown = "".join(_IN_PAGE.get(character, character) for character in cut)
    return _ADDRESS.sub(rf"\1{_ESCAPES[_CUT]}", shown.replace("\0", "&#x"))
