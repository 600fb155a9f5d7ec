"""The program that reads with ReadStat ends by itself where nobody is left to end it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="a limit of Unix")
def test_it_ends_after_the_time_that_it_may_take() -> None:
    code = "from cdisc_itp.readers.readstat_program import limit_time\nlimit_time(0.1)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300, check=False)
    assert done.returncode == -signal.SIGXCPU, done.stderr.decode()
