from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says more of the machine than of the law.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

# The tests share the machine already. Those of the second process, and of a user's own command, ask for it.
os.environ.setdefault("CDISC_ITP_JOBS", "1")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public reference data beside the repository (published standards, public studies); skips without them."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public reference data (../shared/data) are not beside this repository")
    return folder
