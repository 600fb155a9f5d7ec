"""What was found and drafted, in a few lines, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from ..model.issue import SpecError
from ..spec.study import load_study
from .domains import CONSENT
from .draft import Draft

SHOWN = 12


def render_summary(draft: Draft) -> str:
    """The summary of a draft, for a terminal; the spec that was written is checked."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    folder, drafted = draft.drafted.folder, draft.drafted
    rows = sum(len(t.raw.rows) for t in folder.tables)
    yield f"{draft.folder}: {len(draft.files)} files drafted from {draft.raw}"
    yield f"sources     {len(folder.sources)}: {', '.join(folder.sources)}"
    yield f"raw tables  {len(folder.tables)} with {rows:,} rows; {len(folder.unread)} files could not be read"
    for unread in folder.unread[:SHOWN]:
        yield f"            {unread.problem if unread.known else unread.options.file + ': ' + unread.problem}"
    known = [b for b in drafted.blocks if b.domain]
    names = ", ".join("consent" if d == CONSENT else d for d in drafted.domains)
    yield f"recognised  {len(known)} tables as {names or 'nothing'}"
    others = [b.form for b in drafted.blocks if not b.domain]
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        yield f"to decide   {len(others)} tables of no domain that is known here: {', '.join(others[:SHOWN])}{more}"
    read = sum(len(b.placed) for b in known)
    left = sum(len(b.left) for b in known)
    identifiers = sum(len(t.identifiers) for t in folder.tables)
    yield f"columns     {read:,} form columns read; {left:,} raw columns without a place"
    yield f"identifiers {identifiers} columns with direct identifiers of persons: dropped at reading"
    yield f"marks       {draft.guesses:,} guesses to check, {draft.decisions:,} decisions open"
    yield from _checked(draft)
    study, raw = shlex.quote(str(draft.folder)), shlex.quote(str(draft.raw))
    yield "next        read the files from study.yaml on, then:"
    yield f"            cdisc-itp spec check {study}"
    yield f"            cdisc-itp sites {study} --raw {raw}"


def _checked(draft: Draft) -> Iterator[str]:
    try:
        load_study(draft.folder)
    except SpecError as error:
        yield f"spec check  {len(error.problems)} problem(s) now:"
        for problem in error.problems[:SHOWN]:
            yield f"            {problem}"
    else:
        yield "spec check  no problem now"
