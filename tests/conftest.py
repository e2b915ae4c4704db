"""Options of the test suite, and what a run left out."""

import httpx
import pytest
from hypothesis import settings

from tests.support.shared import LEFT_OUT

# A busy machine is no wrong answer. In CI the examples are the same each time, as Hypothesis has it there.
settings.register_profile("house", settings.default, deadline=None)
settings.load_profile("house")


@pytest.fixture(autouse=True, scope="session")
def one_tls_context():
    """Read the certificates once: hundreds of clients are made, none goes over TLS, and it is most of their cost."""
    made = httpx.create_ssl_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", lambda *_, **__: made)
        yield


def pytest_addoption(parser):
    """Add how many programs of faults are run."""
    parser.addoption("--faults", type=int, default=2000, help="how many programs of faults to run")


def pytest_terminal_summary(terminalreporter):
    """Name the tests that need real pages, where those are not at hand."""
    if LEFT_OUT:
        terminalreporter.write_line(f"left out, without real pages (ROADMAP_SYNC_SHARED): {', '.join(LEFT_OUT)}")
