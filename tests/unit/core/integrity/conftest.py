from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

# Tests are imported by path, so the builders they share are put under one name here.
_spec = importlib.util.spec_from_file_location("integrity_builders", Path(__file__).parent / "builders.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("integrity_builders", _module)
_spec.loader.exec_module(_module)
