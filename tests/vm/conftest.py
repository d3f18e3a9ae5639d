"""What the tests in guests share with those on this kernel."""

import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "live"))

from emulator import emulator  # noqa: E402  (the path above is for what these import)
from guest_run import guest_run, run_guests  # noqa: E402
from kernel_list import WANTED  # noqa: E402


@pytest.fixture(scope="session")
def guests(request):
    """The guests of all kernels that tests of this session ask for have run."""
    asked = {item.callspec.params["kernel"] for item in request.session.items
             if "run" in item.fixturenames}
    run_guests(name for name in WANTED if name in asked)


@pytest.fixture
def run(kernel, guests):
    """What came of the guest with this kernel."""
    run = guest_run(kernel)
    if run.not_fetched:
        pytest.skip(run.not_fetched)
    if run.failed:
        pytest.fail(run.failed, pytrace=False)
    return run


@pytest.fixture
def commands(run):
    return run.commands


def pytest_terminal_summary(terminalreporter):
    """A guest that dies may do so of its emulator."""
    if guest_run.cache_info().misses:
        terminalreporter.write_line(f"the guests were run by {emulator()}")
