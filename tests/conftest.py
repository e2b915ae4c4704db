"""Options of the test suite."""


def pytest_addoption(parser):
    """Add how many programs of faults are run."""
    parser.addoption("--faults", type=int, default=2000, help="how many programs of faults to run")
