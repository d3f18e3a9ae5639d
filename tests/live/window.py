"""The same window of the kernel's life, seen by asynclat and by the oracle."""

import pytest

from load import run_load
from oracle import Oracle
from tracer import Tracer

TRIES = 10


def window(function, options, load, timers=False, settle_s=0.1):
    """(tracer, oracle's result) of a run of asynclat beside a load; the oracle starts first and
    stops last. A window in which the kernel hid an event of the function is no measurement of
    asynclat, so it is taken again."""
    for _ in range(TRIES):
        with Oracle(timers=timers) as oracle:
            with Tracer(*options, f"-f{function}", settle_s=settle_s) as tracer:
                run_load(*load)
        if function not in oracle.result().hidden:
            return tracer, oracle.result()
    pytest.fail(f"events of {function} were hidden in each of {TRIES} windows")
