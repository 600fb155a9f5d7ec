"""A study's folder drafted from its raw files: read, guessed, written; nothing is ever overwritten."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ..model.issue import UserError
from ..standards.guide import guide
from ..standards.terminology import terminology
from ..watcher import Silent, Watcher
from .blocks import UNDECIDED, Block, Drafted, draft_blocks
from .datasets import Dataset, DatasetDrafter, write_dataset
from .domains import CONSENT
from .reading import read_folder
from .sources import site_of, write_source
from .study import draft_visits, write_forms, write_study
from .terms import Map

SDTMIG, SDTM_CT = "3.4", "2025-03-28"
STAGES = ("read raw files", "recognise forms", "draft datasets", "write the draft")


class Draft(Struct, frozen=True):
    """What was drafted: the text of each file by its path below the study's folder, and what it rests on."""

    folder: Path
    raw: Path
    drafted: Drafted
    files: dict[str, str] = field(default_factory=dict)

    @property
    def guesses(self) -> int:
        """Lines and rows that say that they are guesses."""
        return sum(_count(name, text, "guess") for name, text in self.files.items())

    @property
    def decisions(self) -> int:
        """Lines and rows that must be decided."""
        return sum(_count(name, text, "decide") for name, text in self.files.items())


def _count(name: str, text: str, word: str) -> int:
    mark = rf"(?:^|,|\"){word}:" if name.endswith(".csv") else rf"# {word}:|\b{word.upper()}\b"
    return sum(bool(re.search(mark, line)) for line in text.splitlines())


def init_study(folder: Path, raw: Path, watcher: Watcher | None = None) -> Draft:
    """Draft a study's folder from the raw files below ``raw``.

    UserError where the folder exists and is not empty, or where there is no raw file; nothing is written then.
    """
    check_free(folder)
    watcher = watcher or Silent()
    watcher.stage(STAGES[0], 1, len(STAGES))
    found = read_folder(raw, watcher.advance)
    watcher.stage(STAGES[1], 2, len(STAGES))
    tables, release = guide(SDTMIG), terminology("sdtm", SDTM_CT)
    drafted = _without_orphans(draft_blocks(found, tables, release))
    watcher.stage(STAGES[2], 3, len(STAGES))
    drafter = DatasetDrafter(drafted, tables, release)
    datasets = [drafter.draft(d) for d in drafted.domains if d in tables]
    draft = Draft(folder, raw, drafted, _texts(drafted, folder, datasets))
    watcher.stage(STAGES[3], 4, len(STAGES))
    _write(draft)
    return draft


def check_free(folder: Path) -> None:
    """UserError where a draft would be written over, or among, something that is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} exists and is not an empty folder - name a new one; init never overwrites")


def _without_orphans(drafted: Drafted) -> Drafted:
    """Without demography no dataset reads the consent: whether it is submitted must be decided."""
    if CONSENT not in drafted.domains or "DM" in drafted.domains:
        return drafted
    forms = {
        n: replace(f, not_submitted=f"{UNDECIDED}no form of demography reads it") if f.domain == CONSENT else f
        for n, f in drafted.forms.items()
    }
    return replace(drafted, forms=forms)


def _texts(drafted: Drafted, folder: Path, datasets: list[Dataset]) -> dict[str, str]:
    """Every file of the draft."""
    visits = draft_visits(drafted)
    sites = {s: site_of(drafted, s) for s in drafted.folder.sources}
    out = {"study.yaml": write_study(drafted, folder, sites, visits), "forms.yaml": write_forms(drafted)}
    names = _file_names(drafted.folder.sources)
    out.update({f"sources/{names[s]}.yaml": write_source(drafted, s, site) for s, site in sites.items()})
    tables = guide(SDTMIG)
    out.update({f"sdtm/{d.name.lower()}.yaml": write_dataset(d, tables) for d in datasets})
    maps: list[Map] = [m for d in datasets for m in d.maps]
    out.update({f"maps/{m.name}.csv": str(m) for m in maps})
    if visits is not None:
        out["visits.csv"] = str(visits)
    return out


def _file_names(sources: tuple[str, ...]) -> dict[str, str]:
    """A file name for each source, of signs that every system takes."""
    out: dict[str, str] = {}
    for source in sources:
        name = re.sub(r"[^\w.-]+", "_", source).strip("._") or "source"
        while name.lower() in {n.lower() for n in out.values()}:
            name += "_"
        out[source] = name
    return out


def _write(draft: Draft) -> None:
    for name, text in draft.files.items():
        path = draft.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


__all__ = ["Block", "Draft", "check_free", "init_study"]
