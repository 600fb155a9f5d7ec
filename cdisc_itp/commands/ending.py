"""How a command ends: its exit code, and what it says of what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

import typer

WRONG, BUG, INTERRUPTED, PIPE_CLOSED = 2, 3, 130, 141


def guarded(work: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code: 2 for what the user can mend, 3 for a bug.

    Nothing is imported before: what cannot be imported is a bug like any other.
    """
    try:
        sys.exit(_attempted(work))
    except BrokenPipeError:
        # Whoever read the result has read enough (`| head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(PIPE_CLOSED)


def _attempted(work: Callable[[], int]) -> int:
    from ..crash import describe_crash

    try:
        from ..model.issue import UserError
    except Exception as error:
        typer.echo(describe_crash(error), err=True, nl=False)
        return BUG
    try:
        code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (UserError, OSError) as error:
        typer.echo(str(error), err=True)
        code = WRONG
    except KeyboardInterrupt:
        typer.echo("interrupted; the previous output is untouched", err=True)
        code = INTERRUPTED
    except Exception as error:
        typer.echo(describe_crash(error), err=True, nl=False)
        typer.echo("this is a bug of cdisc-itp: please report the lines above; the previous output is whole", err=True)
        code = BUG
    return code
