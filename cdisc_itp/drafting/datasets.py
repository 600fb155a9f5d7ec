"""Drafts of sdtm/*.yaml: the variables that the recognised forms can make, in the words of the spec language."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from ..model.codelist import Codelist
from ..spec.undecided import MARK
from ..standards.classes import FINDINGS
from ..standards.guide import Guide, GuideVariable
from ..standards.terminology import Terminology
from .blocks import Drafted
from .domains import CONSENT
from .sources import site_of
from .terms import Map, collected, draft_terms, draft_units, draft_words, is_term, ordered
from .vocabulary import entries
from .wide import term_of
from .yaml_text import Lines, Value, flow, scalar


class Dataset(Struct):
    """One dataset file: its lines by variable, with remarks, and the maps that they read."""

    name: str
    form: str
    lines: dict[str, tuple[Value, tuple[str, ...]]] = field(default_factory=dict)
    maps: list[Map] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def say(self, variable: str, words: Value, *remarks: str) -> None:
        """A line for a variable, if it has none yet."""
        self.lines.setdefault(variable, (words, remarks))


class DatasetDrafter:
    """Drafts the datasets of the domains that were recognised."""

    def __init__(self, drafted: Drafted, tables: Guide, release: Terminology) -> None:
        self.drafted, self.tables, self.release = drafted, tables, release

    def draft(self, domain: str) -> Dataset:
        """The dataset of a domain, without what the study and the guide say of themselves."""
        form = next(e.target for e in entries("domain") if e.name == domain)
        out = Dataset(domain, form)
        if self.tables.dataset(domain).class_name == FINDINGS:
            self._test(out)
        for column, variable in self._variables(domain).items():
            self._variable(out, column, variable)
        if domain == "DM":
            self._demographics(out)
        elif domain == "DS":
            self._disposition(out)
        elif self.tables.dataset(domain).class_name == FINDINGS:
            self._results(out)
        self._dictionary(out)
        self._required(out)
        return out

    def _variables(self, domain: str) -> dict[str, str]:
        """Form columns of the domain's blocks with the variables that they are for."""
        out: dict[str, str] = {}
        for block in self.drafted.of_domain(domain):
            out.update({p.column: p.variable for p in block.placed if p.column not in ("subject", "site", "visit")})
        return out

    def _columns(self, domain: str) -> set[str]:
        return {p.column for b in self.drafted.of_domain(domain) for p in b.placed}

    def _codelists(self, variable: GuideVariable) -> tuple[Codelist, ...]:
        return self.release.codelists_for(variable)

    def _variable(self, out: Dataset, column: str, name: str) -> None:
        known = self.tables.dataset(out.name).by_name.get(name)
        if known is None or name in out.lines or column.endswith("time"):
            return
        if known.iso8601:
            times = {"date": "time", "start": "start_time", "end": "end_time"}
            time = times.get(column, "")
            words: dict[str, Value] = {"assign_datetime": column}
            out.say(name, {**words, "time": time} if time in self._columns(out.name) else words)
        elif known.numeric:
            out.say(name, {"assign_number": column})
        elif self._codelists(known) and not name.endswith("STRESC"):
            self._coded(out, column, known)
        else:
            out.say(name, {"assign": column})

    def _coded(self, out: Dataset, column: str, variable: GuideVariable) -> None:
        """A line with terms: with a map where some values are no terms as they are."""
        values = collected(self.drafted.of_domain(out.name), column)
        lists = self._codelists(variable)
        made = draft_terms(f"{out.name.lower()}_{column}", values, lists, self.release)
        names = " or ".join(c.name for c in lists)
        if made is None:
            fit = sum(values.values())
            out.say(variable.name, {"assign_ct": column}, f"guess: all {fit:,} values are terms of {names}")
            return
        out.maps.append(made)
        said = f"{len(values) - len(made.rows)} of {len(values)} distinct values are terms of {names}"
        more = f"{len(made.rows) - made.open} have a likely term, {made.open} none"
        kind = "decide" if made.open else "guess"
        remark = f"{kind}: {said}; of the others {more}: maps/{made.name}.csv"
        out.say(variable.name, {"assign_ct": column, "map": made.name}, remark)

    def _test(self, out: Dataset) -> None:
        """Short name and name of the test; where no codelist is published the map says both."""
        code = f"{out.name}TESTCD"
        lists = self._codelists(self.tables.dataset(out.name).by_name[code])
        blocks = self.drafted.of_domain(out.name)
        values = collected(blocks, "test")
        if not lists:
            self._own_tests(out, values)
            return
        by_column = {t.column: t for b in blocks if b.wide for t in b.wide.tests}
        rows = []
        for value in ordered(values):
            if is_term(value, lists):
                continue
            test = by_column.get(value)
            term, why = (
                (test.term, test.evidence) if test and test.term else term_of(value, out.name, lists, self.release)
            )
            mark = f"guess: {why}" if term else f"decide: no term of {lists[0].name} says so"
            rows.append((value, term, f"{mark}; {values[value]:,} row(s)"))
        words: dict[str, Value] = {"assign_ct": "test"}
        remark = f"guess: all {len(values)} distinct values are terms of {lists[0].name}"
        if rows:
            made = Map(f"{out.name.lower()}_tests", ("raw", "term", MARK), tuple(rows))
            out.maps.append(made)
            words["map"] = made.name
            left = f"{made.open} of them without" if made.open else "all with"
            kind = "decide" if made.open else "guess"
            remark = f"{kind}: {len(rows)} tests are no terms, {left} a likely one: maps/{made.name}.csv"
        out.say(code, words, remark)
        if any(b.wide for b in blocks):
            self._units(out)

    def _units(self, out: Dataset) -> None:
        made = draft_units(f"{out.name.lower()}_units", self.drafted.of_domain(out.name), self.release)
        if made.rows:
            out.maps.append(made)

    def _own_tests(self, out: Dataset, values: Counter[str]) -> None:
        """Tests of the study's own: a short name of up to 8 signs that begins with a letter may stay as it is."""
        code, name = f"{out.name}TESTCD", f"{out.name}TEST"
        named = "test_name" in self._columns(out.name)
        rows = []
        for value in ordered(values):
            short = (
                value.upper() if value.isascii() and value.isalnum() and value[0].isalpha() and len(value) <= 8 else ""
            )
            cells = (value, short) if named else (value, short, "")
            told = "decide: the test has no published name" if not named or not short else "guess: the value itself"
            rows.append((*cells, f"{told}; {values[value]:,} row(s)"))
        columns = ("raw", "term", MARK) if named else ("raw", "term", "name", MARK)
        made = Map(f"{out.name.lower()}_tests", columns, tuple(rows))
        out.maps.append(made)
        out.say(
            code,
            {"assign": "test", "map": made.name},
            f"{'decide' if made.open else 'guess'}: no codelist of tests is published: maps/{made.name}.csv",
        )
        if not named:
            out.say(
                name,
                {"assign": "test", "map": made.name, "to": "name"},
                f"decide: names of tests: maps/{made.name}.csv",
            )
        if out.name != "IE" and any(b.wide for b in self.drafted.of_domain(out.name)):
            self._units(out)

    def _results(self, out: Dataset) -> None:
        """Standard results: copied where each test has one unit, else by a table of conversions."""
        d, known = out.name, self.tables.dataset(out.name).by_name
        if "not_done" in self._columns(d) and f"{d}STAT" in known:
            when: Value = {"not_done": {"IS": "PRESENT"}}
            out.say(
                f"{d}STAT",
                {"hardcode_ct": "NOT DONE", "when": when},
                "guess: where a reason is given, nothing was done",
            )
        if f"{d}STRESC" not in known:
            return
        several = self._several_units(d)
        remark = (
            "guess: no test has results in two units"
            if not several
            else (f"decide: {len(several)} test(s) have results in several units: write a table of conversions")
        )
        out.say(f"{d}STRESC", {"standard_result": f"{d}ORRES"}, remark)
        if f"{d}STRESN" in known:
            out.say(f"{d}STRESN", {"number_of": f"{d}STRESC"})
        if f"{d}STRESU" in known and f"{d}ORRESU" in out.lines:
            out.say(f"{d}STRESU", {"standard_unit": f"{d}ORRESU"})
        if {f"{d}ORNRLO", f"{d}ORNRHI"} <= set(out.lines) and f"{d}NRIND" in known:
            limits: dict[str, Value] = {"low": f"{d}ORNRLO", "high": f"{d}ORNRHI"}
            if not several:
                out.say(f"{d}STNRLO", {"number_of": f"{d}ORNRLO"})
                out.say(f"{d}STNRHI", {"number_of": f"{d}ORNRHI"})
            out.say(f"{d}NRIND", {"range_indicator": f"{d}ORRES", **limits}, "guess: from the limits of each row")
        if f"{d}LOBXFL" in known and "EX" in self.drafted.domains and f"{d}DTC" in out.lines:
            words: dict[str, Value] = {
                "last_before": f"{d}DTC",
                "reference": "DM.RFXSTDTC",
                "value": f"{d}ORRES",
                "by": [f"{d}TESTCD"],
            }
            out.say(f"{d}LOBXFL", words, "guess: the last result on or before the first exposure")

    def _several_units(self, domain: str) -> list[str]:
        """Tests with results in more than one unit, as the raw tables call them."""
        units: dict[str, set[str]] = {}
        for block in self.drafted.of_domain(domain):
            test, unit = block.column("test"), block.column("unit")
            if test is None or unit is None:
                continue
            if block.wide is not None:
                for t in block.wide.tests:
                    column = block.wide.beside.get("unit", "").replace("{test}", t.column)
                    frame = block.table.raw.frame
                    own = set(map(str, frame[column].array.categories)) if column in frame else {t.unit} - {""}
                    units.setdefault(t.term or t.column, set()).update(own)
                continue
            pairs = block.table.raw.frame[[test.raw, unit.raw]].drop_duplicates().dropna()
            for name, said in zip(*(pairs[c].astype(str) for c in (test.raw, unit.raw)), strict=True):
                units.setdefault(name.strip(), set()).add(said.strip())
        return sorted(t for t, said in units.items() if len({s.casefold() for s in said}) > 1)

    def _demographics(self, out: Dataset) -> None:
        columns = self._columns("DM")
        out.say("SUBJID", {"assign": "subject"})
        if all(site_of(self.drafted, b.table.source) for b in self.drafted.of_domain("DM")):
            out.say("SITEID", {"assign": "site"}, "guess: the site that each source file says")
        if "EX" in self.drafted.domains:
            out.say("RFXSTDTC", {"first": "EX.EXSTDTC"}, "guess: the first dose")
            end = any(p.column == "end" for b in self.drafted.of_domain("EX") for p in b.placed)
            last = "EX.EXENDTC" if end else "EX.EXSTDTC"
            out.say("RFXENDTC", {"last": last}, "guess: the last dose")
            out.say("RFENDTC", {"last": last}, "guess: the last dose; the protocol says what ends the reference period")
        consents = self.drafted.of_domain(CONSENT)
        if "consent" not in columns and consents:
            words: dict[str, Value] = {"assign_datetime": "consent.consented"}
            if any(b.column("consented_time") for b in consents):
                words["time"] = "consent.consented_time"
            out.say("RFICDTC", words, "guess: the form of the consent")
        if "AGE" not in out.lines and "birth" in columns and columns & {"consent", "date"}:
            at = "consent" if "consent" in columns else "date"
            out.say("AGE", {"age_in_years": "birth", "at": at}, f"guess: no age is collected; counted at '{at}'")
        if "AGE" in out.lines:
            out.say("AGEU", {"hardcode_ct": "YEARS"}, "guess: ages are years")
        if "ARM" in out.lines and "ARMCD" not in out.lines:
            values = collected(self.drafted.of_domain("DM"), "arm")
            made = draft_words("arms_planned", values, "a short code of up to 20 signs")
            out.maps.append(made)
            out.say("ARMCD", {"assign": "arm", "map": made.name}, f"decide: codes of the arms: maps/{made.name}.csv")

    def _disposition(self, out: Dataset) -> None:
        columns = self._columns("DS")
        column = "coded" if "coded" in columns else next(c for c in ("status", "term") if c in columns)
        known = self.tables.dataset("DS").by_name
        if "DSDECOD" not in out.lines:
            self._coded(out, column, known["DSDECOD"])
        category = self._codelists(known["DSCAT"])
        if category and "DSCAT" not in out.lines:
            out.say("DSCAT", {"hardcode_ct": "DISPOSITION EVENT"}, "guess: the form speaks of an end")

    def _dictionary(self, out: Dataset) -> None:
        """The required dictionary term of an event, where none was collected."""
        known = self.tables.dataset(out.name).by_name.get(f"{out.name}DECOD")
        if known is None or known.core != "Req" or known.name in out.lines:
            return
        values = collected(self.drafted.of_domain(out.name), "term")
        made = draft_words(f"{out.name.lower()}_terms", values, "the term of the dictionary")
        out.maps.append(made)
        out.say(
            known.name,
            {"assign": "term", "map": made.name},
            f"decide: no dictionary term was found: maps/{made.name}.csv",
        )

    def _required(self, out: Dataset) -> None:
        """Required variables that nothing makes: `spec check` asks for them."""
        given = {"STUDYID", "DOMAIN", "USUBJID", f"{out.name}SEQ", f"{out.name}TEST"}
        if out.name == "IE":
            self._criteria(out)
        for v in self.tables.dataset(out.name).variables:
            if v.core == "Req" and v.name not in out.lines and v.name not in given:
                if out.name == "DM" and v.name == "COUNTRY":
                    out.say(
                        v.name,
                        {"hardcode_ct": "DECIDE"},
                        "decide: required; no column was found for the country (such as USA)",
                    )
                else:
                    out.remarks.append(f"decide: {v.name} ({v.label}) is required, and no column was found for it")

    def _criteria(self, out: Dataset) -> None:
        """Inclusion or exclusion, where the numbers of the criteria begin so."""
        made = next((m for m in out.maps if m.name == "ie_tests"), None)
        if made is None:
            return
        kinds = {"IN": "INCLUSION", "EX": "EXCLUSION"}
        said = [kinds.get(r[0][:2].upper(), "") for r in made.rows]
        rows = tuple((*r[:-1], k, r[-1]) for r, k in zip(made.rows, said, strict=True))
        if all(said) and rows:
            out.maps[out.maps.index(made)] = Map(made.name, (*made.columns[:-1], "category", MARK), rows)
            words: dict[str, Value] = {"assign_ct": "test", "map": made.name, "to": "category"}
            out.say("IECAT", words, "guess: the numbers of the criteria begin with IN or EX")


def write_dataset(dataset: Dataset, tables: Guide) -> str:
    """The file of a dataset, variables in the guide's order."""
    out = Lines()
    guide = tables.dataset(dataset.name)
    out.remark(0, f"{guide.label}: {guide.structure}. Drafted by cdisc-itp init; check every line.")
    out.remark(
        0, "A line without a remark reads the form column whose place in sources/*.yaml was guessed for the variable."
    )
    for remark in dataset.remarks:
        out.remark(0, remark)
    out.add(0, f"dataset: {scalar(dataset.name)}")
    out.add(0, f"records: [{{from: {dataset.form}}}]")
    out.add(0, "variables:" if dataset.lines else "variables: {}")
    for v in tables.arrange(dataset.name, dataset.lines):
        words, remarks = dataset.lines[v.name]
        out.add(1, f"{v.name}: {flow(words)}", *remarks)
    return str(out)
