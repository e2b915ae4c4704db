"""Owns the line of each key in a TOML text, so that an error can name it; must not know what keys mean.

`tomllib` gives values without their lines. This module checks nothing: the text must be one that `tomllib` accepts.
Grammar: https://toml.io/en/v1.0.0
"""

import re
import tomllib

#: How a value is reached: names of tables and keys, and the index in an array.
KeyPath = tuple[str | int, ...]

_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}\n#]+")


def find_lines(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, of every table, key and array element in valid TOML."""
    walk = _Walk(text)
    table: KeyPath = ()
    while walk.skip_blank() < len(text):
        if text[walk.at] == "[":
            table = walk.header()
        else:
            walk.pair(table)
    return walk.lines


class _Walk:
    """A position that moves through the text, and the lines of the keys that it passed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.lengths: dict[KeyPath, int] = {}

    def skip_blank(self) -> int:
        """Skip blanks, line ends and comments; return the position after them."""
        if match := _BLANK.match(self.text, self.at):
            self.at = match.end()
        return self.at

    def header(self) -> KeyPath:
        """Skip `[a.b]` or `[[a.b]]`; return the table that it opens."""
        start, is_array = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        keys = self._keys()
        self.at = self.text.index("]", self.at) + (2 if is_array else 1)
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._latest((*path, key))
        path = (*path, keys[-1])
        if is_array:
            self.lengths[path] = self.lengths.get(path, 0) + 1
        self._note(path, start)
        table = self._latest(path)
        self._note(table, start)
        return table

    def pair(self, table: KeyPath) -> None:
        """Skip `key = value`; the key may be dotted."""
        start, path = self.at, table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self.at = self.text.index("=", self.at) + 1
        self._value(path)

    def _latest(self, path: KeyPath) -> KeyPath:
        """Return the last element where the path names an array of tables, else the path."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def _note(self, path: KeyPath, at: int) -> None:
        self.lines.setdefault(path, self.text.count("\n", 0, at) + 1)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip_blank()
            if quoted := _STRING.match(self.text, self.at):
                keys.append(tomllib.loads(f"key = {quoted[0]}")["key"])
                self.at = quoted.end()
            elif bare := _BARE.match(self.text, self.at):
                keys.append(bare[0])
                self.at = bare.end()
            self.skip_blank()
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        self.skip_blank()
        if self.text[self.at] in "[{":
            self._inside(path, is_table=self.text[self.at] == "{")
        elif match := _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at):
            self.at = match.end()

    def _inside(self, path: KeyPath, *, is_table: bool) -> None:
        """Skip an array or an inline table, and note what is in it."""
        self.at += 1
        index = 0
        while self.text[self.skip_blank()] not in "]}":
            if is_table:
                self.pair(path)
            else:
                self._note((*path, index), self.at)
                self._value((*path, index))
            index += 1
            if self.text[self.skip_blank()] == ",":
                self.at += 1
        self.at += 1
