"""Runs the load generators of tests/load."""

import json
import os
import subprocess
from pathlib import Path

BUILD = Path(os.environ.get("ASYNCLAT_BUILD", Path(__file__).resolve().parents[2] / "build"))
LOAD = BUILD / "asynclat-load"


def run_load(*words):
    """What `asynclat-load WORDS...` reports, as a dict; fails when it does."""
    done = subprocess.run([LOAD, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
