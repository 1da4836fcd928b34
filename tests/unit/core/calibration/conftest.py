from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

# Tests are imported by path, so what they share is put under one name here.
_spec = importlib.util.spec_from_file_location("calibration_people", Path(__file__).parent / "people.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("calibration_people", _module)
_spec.loader.exec_module(_module)
