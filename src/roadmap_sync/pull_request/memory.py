"""Owns what our pull requests remember: the hidden marks in their bodies, comments and commits, and nothing else.

GitHub is the only store. A pull request's body says what it holds and what was declined, a commit of ours says what
the branch holds after it. Both are compact: a change is a key of ten letters. Must not know plans, pages or GitHub.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

#: What makes two changes of one page the same: (kind, item id, occurrence).
Identity = tuple[str, str, int]
#: A change of a page, as it is remembered.
Key = str

#: GitHub takes 65,536 characters of body (reports keep to 60,000): with this many keys a record stays below 5,300.
MOST_KEYS = 500
_PAGE, _CHANGE = 2, 8
_KEY = _PAGE + _CHANGE

_BEGIN, _END = "<!-- roadmap-sync:begin -->", "<!-- roadmap-sync:end -->"
_RECORD = re.compile(r"<!-- roadmap-sync:record (\{[^<>]*\}) -->")
_BLOCK = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
_STRAY = re.compile(f"{_RECORD.pattern}|{re.escape(_BEGIN)}|{re.escape(_END)}")
_REMARK = re.compile(r"<!-- roadmap-sync:(conflict|closed) ([0-9a-zA-Z]+) -->")
#: https://git-scm.com/docs/git-interpret-trailers
_TRAILER = re.compile(r"^Roadmap-Sync: ([0-9a-f]{8}|merge|shared)(?: ([A-Za-z0-9+/]+))?[ \t\r]*$", re.MULTILINE)


def key_of(path: str, identity: Identity) -> Key:
    """Return the key of a change: it begins with its page's letters."""
    return page_letters(path) + _hashed("\0".join((path, *map(str, identity))), _CHANGE)


def page_letters(path: str) -> str:
    """Return what the keys of a page begin with."""
    return _hashed(path, _PAGE)


def digest_of(*parts: str | bytes) -> str:
    """Return a digest of some texts: eight hexadecimal digits."""
    data = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(one), one) for one in data)).hexdigest()[:8]


def _hashed(text: str, letters: int) -> str:
    """Return letters without `-`, which would end an HTML comment too early."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest())[:letters].decode()


def _joined(keys: Iterable[Key]) -> str:
    return "".join(sorted(keys))


def _cut(text: str) -> frozenset[Key]:
    return frozenset(text[at : at + _KEY] for at in range(0, len(text) - _KEY + 1, _KEY))


@dataclass(frozen=True, slots=True)
class Record:
    """What a pull request remembers.

    `serial` grows with every pull request and every reopening: the record with the highest one counts. `digest` is
    that of the plan in the body, `title` that of the title that we wrote. `made` are the changes of ours that the
    branch holds. `declined` maps each change that a person declined, or that was merged and reverted, to the number
    of that pull request. `is_retired`: we closed it ourselves. `is_over`: it went over a guard.
    """

    serial: int = 1
    digest: str = ""
    title: str = ""
    made: frozenset[Key] = frozenset()
    declined: Mapping[Key, int] = field(default_factory=dict)
    is_retired: bool = False
    is_over: bool = False

    @property
    def kept(self) -> Self:
        """Return as much as fits into a body: first what it holds, then what was declined, the newest first."""
        made = sorted(self.made)[:MOST_KEYS]
        newest = sorted(self.declined.items(), key=lambda pair: (-pair[1], pair[0]))[: MOST_KEYS - len(made)]
        return replace(self, made=frozenset(made), declined=dict(newest))

    @property
    def text(self) -> str:
        """Return the record as a comment that no reader sees."""
        numbers = sorted(set(self.declined.values()))
        said = {
            "v": 1,
            "serial": self.serial,
            "digest": self.digest,
            "title": self.title,
            "made": _joined(self.made),
            "no": {str(n): _joined(key for key, number in self.declined.items() if number == n) for n in numbers},
            "retired": self.is_retired,
            "over": self.is_over,
        }
        return f"<!-- roadmap-sync:record {json.dumps(said, separators=(',', ':'))} -->"

    @classmethod
    def from_body(cls, body: str) -> "Record | None":
        """Return the record in a body; None where there is none, or none that can be read."""
        match = _RECORD.search(body)
        try:
            said: Any = json.loads(match[1]) if match else None
            if said is None or said["v"] != 1:
                return None
            declined = {key: int(number) for number, keys in said["no"].items() for key in _cut(keys)}
            return cls(
                int(said["serial"]),
                str(said["digest"]),
                str(said["title"]),
                _cut(said["made"]),
                declined,
                bool(said["retired"]),
                bool(said["over"]),
            )
        except (ValueError, LookupError, TypeError, AttributeError):
            return None  # a person changed it so that it cannot be read


def block(text: str, record: Record) -> str:
    """Return our part of a body, between the two marks."""
    return f"{_BEGIN}\n{text.strip()}\n{record.text}\n{_END}"


def spliced(body: str, ours: str) -> str:
    """Return a body with our part renewed; what a person wrote around it stays.

    Marks of ours that an edit has left outside of it are taken out: the first record in a body is what is read.
    """
    bare = body.replace("\r\n", "\n")
    if match := _BLOCK.search(bare):
        return f"{_STRAY.sub('', bare[: match.start()])}{ours}{_STRAY.sub('', bare[match.end() :])}"
    theirs = _STRAY.sub("", bare).rstrip()
    return f"{theirs}\n\n{ours}" if theirs.strip() else ours


def rewritten(body: str, record: Record) -> str:
    """Return a body with its record in place of the one it has, however that is written."""
    return _RECORD.sub(lambda _: record.text, body, count=1)


def remark(kind: str, about: str) -> str:
    """Return the hidden mark of a comment that is made once about one thing."""
    return f"<!-- roadmap-sync:{kind} {about} -->"


def remarks_in(body: str) -> frozenset[str]:
    """Return the marks in a comment."""
    return frozenset(match[0] for match in _REMARK.finditer(body))


@dataclass(frozen=True, slots=True)
class Trailer:
    """The trailer of a commit of ours: the digest of our pages after it, and the changes that the branch holds then.

    The digest is empty after a merge. `is_shared`: the branch held a person's commits when this one was made, even if
    they were squashed away since.
    """

    digest: str
    made: frozenset[Key]
    is_shared: bool = False

    @property
    def text(self) -> str:
        """Return the line at the end of the commit's message."""
        word = "shared" if self.is_shared else self.digest or "merge"
        return f"Roadmap-Sync: {word} {_joined(self.made)}".rstrip()

    @classmethod
    def from_message(cls, message: str) -> "Trailer | None":
        """Return the last trailer of a message; None for a commit that is not ours."""
        found = _TRAILER.findall(message)
        if not found:
            return None
        word, keys = found[-1]
        return cls("" if word in {"merge", "shared"} else word, _cut(keys), is_shared=word == "shared")
