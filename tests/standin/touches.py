"""Owns changing single places of an answer while it is made; must not know which faults there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Source = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of one field, `Type.field` with `*` allowed.

    `instead` answers (or raises a `Problem`) in the world's place: a mutation is not carried out. `value` changes
    what the world answered, before the schema completes it; `late` changes the JSON that came of it, past the
    schema. `only` is asked with the field's source, `given` are arguments that it must have; `at` picks one of the
    places that are left, counted from 0 in one answer.
    """

    where: str
    value: Callable[[Any], Any] | None = None
    late: Callable[[Any], Any] | None = None
    only: Source | None = None
    at: int | None = None
    instead: Callable[[], Any] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, coordinate: str, source: Any, arguments: Mapping[str, Any]) -> bool:
        """Whether it is for this field, with this source and these arguments."""
        is_given = all(arguments.get(name) == value for name, value in self.given.items())
        return is_given and fnmatchcase(coordinate, self.where) and (self.only is None or self.only(source))


class Touching:
    """The touches due in one answer, with the places counted so far and those to change at the end."""

    def __init__(self, touches: tuple[Touch, ...]) -> None:
        self.touches = touches
        self.counts = [0] * len(touches)
        self.later: list[tuple[list[str | int], Callable[[Any], Any]]] = []

    def apply(self, coordinate: str, info: Any, source: Any, given: Mapping[str, Any], make: Callable[[], Any]) -> Any:
        """Return what a field (`Type.field`) answers, touched; `info` is the executor's."""
        due = [touch for n, touch in enumerate(self.touches) if self._is_due(n, touch, coordinate, source, given)]
        value = next((touch.instead for touch in due if touch.instead is not None), make)()
        for touch in due:
            if touch.value is not None:
                value = touch.value(value)
            if touch.late is not None:
                self.later.append((info.path.as_list(), touch.late))
        return value

    def _is_due(self, index: int, touch: Touch, coordinate: str, source: Any, given: Mapping[str, Any]) -> bool:
        if not touch.fits(coordinate, source, given):
            return False
        self.counts[index] += 1
        return touch.at is None or touch.at == self.counts[index] - 1

    def finish(self, data: Any) -> None:
        """Change the JSON where a touch asked for it; a place that an error took away stays away."""
        for path, change in self.later:
            holder = data
            for key in path[:-1]:
                holder = holder[key] if holder is not None else None
            if holder is not None:
                holder[path[-1]] = change(holder[path[-1]])
