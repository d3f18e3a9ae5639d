"""What the tests in guests share with those on this kernel."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "live"))
