"""Leaves the tests over real pages out where there are none."""

from tests.support.shared import LEFT_OUT

collect_ignore = LEFT_OUT
