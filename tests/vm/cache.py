"""Where kernels, headers and apt's state are kept: outside the tree, shared by all trees."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile

CACHE = pathlib.Path(os.environ.get("ASYNCLAT_CACHE")
                     or pathlib.Path.home() / ".cache/asynclat").absolute()


@contextlib.contextmanager
def locked():
    """One process at a time changes the cache; another tree's tests may use the same one."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made_once(place, make):
    """The directory `place`, which make(directory) fills where it is not there yet. It appears
    complete or not at all, however the making ends. Call it with the cache locked."""
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        for abandoned in place.parent.glob(".draft-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = pathlib.Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
        try:
            make(draft)
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return place
