"""The command line: arguments only. A family of commands has a file of its own in `commands`."""

from __future__ import annotations

import enum
import gc
import io
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from .ahead import import_reading
from .beside import SWEPT_AFTER, second_process
from .commands import analyze, ct, define, reproduce, spec
from .commands.arguments import AsJson, Raw, Study
from .commands.ending import guarded

app = typer.Typer(
    help="Raw clinical exports to SDTM, XPT and Define-XML, from a study's spec alone.",
    epilog="Example: cdisc-itp convert specs/mystudy --raw exports --out build",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(spec.app, name="spec")
app.add_typer(ct.app, name="ct")
app.add_typer(define.app, name="define")
app.command(epilog="Example: cdisc-itp analyze specs/mystudy build")(analyze.analyze)
app.command(epilog="Example: cdisc-itp reproduce specs/mystudy build --report html -o out.html")(reproduce.reproduce)


class FailOn(enum.StrEnum):
    """From which severity on an issue that is not accepted makes the exit code 1."""

    error = "error"
    warning = "warning"
    never = "never"


class Grade(enum.StrEnum):
    """How grave an issue is."""

    error = "error"
    warning = "warning"
    note = "note"


class ReportKind(enum.StrEnum):
    """How a list is printed."""

    text = "text"
    json = "json"
    csv = "csv"


class SurveyReport(enum.StrEnum):
    """How a survey of sources is written."""

    text = "text"
    json = "json"
    html = "html"


class ProgressKind(enum.StrEnum):
    """How progress is shown (on stderr)."""

    bar = "bar"
    plain = "plain"
    none = "none"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(t.strip() for t in text.split(",") if t.strip())


@app.command(epilog="Example: cdisc-itp convert specs/mystudy --raw exports --out part --select LB,AE")
def convert(
    study: Study,
    raw: Raw,
    out: Annotated[Path, typer.Option("--out", help="The folder to write; an older output there is replaced.")],
    select: Annotated[str, typer.Option(help="Only these datasets, e.g. LB,AE (a partial output).")] = "",
    source: Annotated[str, typer.Option(help="Only the subjects of these sources, e.g. 04 (a partial output).")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Convert in memory; write nothing.")] = False,
    fail_on: Annotated[FailOn, typer.Option(help="Exit 1 for issues of this severity or above.")] = FailOn.error,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            envvar="CDISC_ITP_JOBS",
            help="Processes that share out the subjects. Default: one, and where a core is free and the raw files are "
            "small a second one that takes over half of the work; 1: none but this one. The outputs are the same.",
        ),
    ] = None,
    progress: Annotated[ProgressKind | None, typer.Option(help="Default: bar on a terminal, else plain.")] = None,
    as_json: AsJson = False,
) -> None:
    """Convert a study's raw exports to a judged package.

    Exit codes: 0 clean; 1 issues that accepted.csv does not explain (the outputs are written); 2 wrong usage,
    wrong spec or unreadable input (nothing is written); 3 a bug.
    """

    def work() -> int:
        with second_process(raw, import_reading) if jobs is None else nullcontext() as beside:
            from .pipeline import Order
            from .pipeline import convert as run_convert
            from .terminal import print_result, watching

            n = jobs or 1
            order = Order(study, raw, out, _listed(select), _listed(source), dry_run, fail_on.value, n, parts=n)
            with watching(progress.value if progress else None) as watcher:
                run = run_convert(order, watcher, beside)
        print_result(run, as_json)
        return run.exit_code

    guarded(work)


@app.command(
    epilog="Example: cdisc-itp init --raw exports specs/mystudy; then cdisc-itp spec check specs/mystudy, "
    "and cdisc-itp sites specs/mystudy --raw exports"
)
def init(
    study: Annotated[Path, typer.Argument(help="The new folder to write; it must not exist, or be empty.")],
    raw: Raw,
    progress: Annotated[ProgressKind | None, typer.Option(help="Default: bar on a terminal, else plain.")] = None,
) -> None:
    """Draft a study's spec from its raw files: every guess is marked and says what it rests on.

    Each folder in DIR is a source. What cannot be told from the files is marked `decide`; a conversion reports
    each such place that is left (DRAFT001). Exit codes: 0 drafted; 2 STUDY is not empty, or there is no raw file.
    """

    def work() -> int:
        from .drafting.draft import init_study
        from .drafting.summary import render_summary
        from .terminal import watching

        with watching(progress.value if progress else None) as watcher:
            draft = init_study(study, raw, watcher)
        sys.stdout.write(render_summary(draft))
        return 0

    guarded(work)


@app.command(epilog="Example: cdisc-itp validate build --deep")
def validate(
    folder: Annotated[Path, typer.Argument(help="An output, or any folder with XPT files and a define.xml.")],
    deep: Annotated[bool, typer.Option("--deep", help="Read the files with pyreadstat and pandas too.")] = False,
    encoding: Annotated[str | None, typer.Option(help="Encoding of text in the XPT files.")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit 1 for findings of this severity or above.")] = FailOn.error,
    as_json: AsJson = False,
) -> None:
    """Judge a written package: schema, define against data, SDTMIG, terminology, dates, keys, XPT bytes."""

    def work() -> int:
        from .judging import validate_folder
        from .terminal import print_findings

        result = validate_folder(folder, deep, encoding)
        print_findings(result, as_json)
        return int(result.fails(fail_on.value))

    guarded(work)


@app.command(
    epilog="Example: cdisc-itp issues build --open; cdisc-itp issues build --source 04 --code DATA031 --all; "
    "cdisc-itp issues build --severity error --report csv > todo.csv; cdisc-itp issues build --queries to_sites"
)
def issues(
    out: Annotated[Path, typer.Argument(help="The output of a convert.", show_default=False)],
    source: Annotated[str, typer.Option(help="Only these sources, e.g. 04,05; package and spec are two more.")] = "",
    code: Annotated[str, typer.Option(help="Only these codes, or codes that begin so, e.g. DATA031,KEY.")] = "",
    severity: Annotated[Grade | None, typer.Option(help="Only this severity and graver ones.")] = None,
    accepted: Annotated[
        bool | None, typer.Option("--accepted/--open", help="Only what accepted.csv explains, or only the rest.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every occurrence with file, row and column.")] = False,
    report: Annotated[ReportKind, typer.Option(help="How the list is printed.")] = ReportKind.text,
    rows: Annotated[
        int | None,
        typer.Option(
            min=0, help="At most so many values of a variable (text; 10), places of an issue (--all; all), 0: all."
        ),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write one workbook of queries a source, to be sent to the site."),
    ] = None,
) -> None:
    """Print the issues of an output as a work list: what to do about each value, in which file and row.

    Exit codes: 0, also where there are issues; 2 where OUT is no output, or holds no such source.
    """

    def work() -> int:
        from .issue_list import Wanted, print_issues

        wanted = Wanted(_listed(source), _listed(code), severity.value if severity else None, accepted, every, rows)
        return print_issues(out, wanted, report.value, queries)

    guarded(work)


@app.command(epilog="Example: cdisc-itp sites specs/mystudy --raw exports --report html -o sites.html")
def sites(
    study: Study,
    raw: Raw,
    report: Annotated[SurveyReport, typer.Option(help="How the report is written.")] = SurveyReport.text,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Show what each source has and how the sources differ, without converting anything.

    Unlike a conversion it does not stop at what the spec does not know: columns, values, visits, subjects.
    Exit codes: 0 whatever is found; 2 where the spec of the sources, or every raw file, cannot be read.
    """

    def work() -> int:
        from .sites.report import report_sites

        return report_sites(study, raw, report.value, out)

    guarded(work)


@app.command(epilog="Example: cdisc-itp inspect build/m5/datasets/mystudy/tabulations/sdtm/lb.xpt --rows 3")
def inspect(
    file: Annotated[Path, typer.Argument(help="A SAS transport file (version 5); .xml (ODM), .sav, .zsav, .sas7bdat.")],
    rows: Annotated[int, typer.Option(min=0, help="How many records to show.")] = 5,
    encoding: Annotated[str | None, typer.Option(help="Encoding of text.")] = None,
    item_group: Annotated[str | None, typer.Option(help="Of an ODM file: whose records to show.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a transport file: header, variables, first records. Or an ODM, SPSS or SAS file, as `convert` sees it.

    Columns whose name or label speaks of a person, and cells that look like an identifier, are hidden.
    """

    def work() -> int:
        from .inspecting import print_file

        return print_file(file, rows, encoding, item_group, as_json)

    guarded(work)


@app.command(epilog="Example: cdisc-itp trace specs/mystudy build --raw exports LB USUBJID=MY-001 LBSEQ=12 LBSTRESN")
def trace(
    study: Study,
    out: Annotated[Path, typer.Argument(help="The output whose value is traced.")],
    words: Annotated[list[str], typer.Argument(metavar="DATASET NAME=VALUE... VARIABLE", help="Which value.")],
    raw: Raw,
    as_json: AsJson = False,
) -> None:
    """Tell how one value came about, down to the raw cells.

    The hashes of raw files and spec are checked against the output first, then the subject is replayed.
    """

    def work() -> int:
        from .terminal import print_trace

        return print_trace(study, out, raw, words, as_json)

    guarded(work)


def main() -> None:
    """The console script. A character that the terminal cannot show is shown by its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # To begin its threads takes longer than all that they compute.
    gc.set_threshold(SWEPT_AFTER)
    try:
        app()
    finally:
        gc.freeze()  # What is left is not searched for cycles at the end: that took as long as reading the spec.
