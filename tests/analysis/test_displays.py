"""Numbers of tables and figures, recomputed from the frames by other means than those that made them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace
from scipy import stats

from cdisc_itp.analysis.displays import compute_displays
from cdisc_itp.analysis.records import AnalysisError, holds, plain_frame
from cdisc_itp.analysis.survival import product_limit
from cdisc_itp.model.column import collect_numbers, collect_text
from cdisc_itp.model.display import CourseFigure, CurvesFigure, Display, FlowFigure, ForestFigure, PanelsFigure, Table
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from cdisc_itp.spec.displays import load_displays
from tests.analysis.made_up import DISPLAYS, write_displays

Data = dict[str, pd.DataFrame]
ARMS = ("Drug A + B", "Drug B")


def cells(table: Table, *path: str) -> tuple[str, ...]:
    """The cells of the row that a path of labels leads to."""
    at = 0
    for label in path:
        at = next(i for i in range(at, len(table.rows)) if table.rows[i].label == label)
    return table.rows[at].cells


def one_decimal(value: float) -> str:
    """Halves away from zero, without Decimal."""
    return f"{math.floor(value * 10 + 0.5) / 10:.1f}"


def share(count: int, of: int) -> str:
    return "0" if count == 0 else f"{count} (100)" if count == of else f"{count} ({one_decimal(100 * count / of)})"


def sas_quantile(values: list[float], p: float) -> float:
    """Definition 5 of SAS by its words: the mean of two neighbours where n p is whole, else the next value."""
    ordered, at = sorted(values), len(values) * p
    if at == int(at):
        return (ordered[int(at) - 1] + ordered[int(at)]) / 2
    return ordered[math.ceil(at) - 1]


def test_numbers_of_the_summary(shown: dict[str, Display], data: Data) -> None:
    table, adsl = shown["demographics"].table, data["ADSL"]
    for i, arm in enumerate((*ARMS, None)):
        ages = [a for a, t in zip(adsl["AGE"], adsl["TRT01P"], strict=True) if arm in (None, t)]
        assert cells(table, "Age (years)", "n")[i] == str(len(ages))
        spread = math.sqrt(sum((a - sum(ages) / len(ages)) ** 2 for a in ages) / (len(ages) - 1))
        assert cells(table, "Mean (SD)")[i] == f"{one_decimal(sum(ages) / len(ages))} ({one_decimal(spread)})"
        assert cells(table, "Median")[i] == one_decimal(sas_quantile(ages, 0.5))
        quartiles = [one_decimal(sas_quantile(ages, p)) for p in (0.25, 0.75)]
        assert cells(table, "Q1, Q3")[i] == ", ".join(quartiles)
        assert cells(table, "Min, max")[i] == f"{min(ages):.0f}, {max(ages):.0f}"
        women = sum(s == "F" and arm in (None, t) for s, t in zip(adsl["SEX"], adsl["TRT01P"], strict=True))
        assert cells(table, "Sex", "Female")[i] == share(women, len(ages))
    headings = [c.heading for c in table.columns]
    assert headings == [f"{a} (N={(adsl['TRT01P'] == a).sum()})" for a in ARMS] + [f"Total (N={len(adsl)})"]


def test_counts_by_visit(shown: dict[str, Display], data: Data) -> None:
    table = shown["response"].table
    rows = data["ADRS"].merge(data["ADSL"][["USUBJID", "TRT01P"]])
    rows = rows[rows["PARAMCD"] == "RSPVIS"]
    sizes = data["ADSL"]["TRT01P"].value_counts()
    counts = rows.groupby(["AVISIT", "AVALC", "TRT01P"]).size()
    for visit in ("Baseline", "Week 4", "Month 6"):
        for value, label in (("CR", "Complete response"), ("R", "Response"), ("NR", "No response")):
            expected = tuple(share(int(counts.get((visit, value, a), 0)), int(sizes[a])) for a in ARMS)
            assert cells(table, visit, label) == expected
    visits = [r.label for r in table.rows if not r.cells]
    assert visits == ["Baseline", "Week 1", "Week 2", "Week 4", "Week 8", "Week 12", "Month 6"]


def test_terms_and_worst_grade(shown: dict[str, Display], data: Data) -> None:
    display, sizes = shown["ae"], data["ADSL"]["TRT01P"].value_counts()
    rows = data["ADAE"].merge(data["ADSL"][["USUBJID", "TRT01P"]])
    rows = rows[rows["TRTEMFL"] == "Y"]
    for label, part in (("Any event", rows), *((t, rows[rows["AEDECOD"] == t]) for t in sorted(set(rows["AEDECOD"])))):
        expected = []
        for arm in ARMS:
            worst: dict[str, int] = {}
            for event in part[part["TRT01P"] == arm].itertuples():
                worst[event.USUBJID] = max(worst.get(event.USUBJID, 0), int(event.AETOXGR))
            expected.append(share(len(worst), int(sizes[arm])))
            expected += [share(list(worst.values()).count(g), int(sizes[arm])) for g in (1, 2, 3)]
        assert cells(display.table, label) == tuple(expected)
    counts = [r.label for r in display.table.rows if r.indent == 0]
    totals = rows.groupby("AEBODSYS")["USUBJID"].nunique()
    assert counts[1:] == sorted(totals.index, key=lambda s: (-totals[s], s))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("seed", range(5))
def test_product_limit_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    draw = np.random.default_rng(seed)
    times, events = draw.integers(1, 40, 60).astype(float), draw.integers(0, 2, 60).astype(float)
    mine, other = product_limit(times, events), SurvfuncRight(times, events)
    kept = other.n_events > 0
    assert np.allclose(mine.survival, other.surv_prob[kept])
    assert np.array_equal(mine.at_risk, other.n_risk[kept])
    assert mine.quantile(0.5) == other.quantile(0.5)
    assert mine.median_limits() == pytest.approx(tuple(float(v) for v in other.quantile_ci(0.5, method="cloglog")))


def test_product_limit_by_hand() -> None:
    """Six subjects: events on days 1, 3 and 3, others censored on days 2, 4 and 5; three quarters of 5/6 ... ."""
    found = product_limit(np.array([1.0, 2, 3, 3, 4, 5]), np.array([1.0, 0, 1, 1, 0, 0]))
    assert found.survival.tolist() == pytest.approx([5 / 6, 5 / 6 * 2 / 4])
    assert found.at_risk.tolist() == [6, 4]
    assert found.quantile(0.5) == 3


def test_curves(shown: dict[str, Display], data: Data) -> None:
    display = shown["time"]
    figure = display.figure
    assert isinstance(figure, CurvesFigure)
    rows = data["ADTTE"].merge(data["ADSL"][["USUBJID", "TRT01P"]])
    samples = {a: rows[rows["TRT01P"] == a] for a in ARMS}
    for i, arm in enumerate(ARMS):
        part, curve = samples[arm], figure.curves[i]
        assert curve.at_risk == tuple(sum(t >= day for t in part["AVAL"]) for day in figure.ticks)
        ecdf = stats.ecdf(stats.CensoredData.right_censored(part["AVAL"], part["CNSR"] == 1))
        for time, height in zip(curve.times, curve.heights, strict=True):
            assert height == pytest.approx(ecdf.cdf.evaluate(time))
        assert cells(display.table, "Events")[i] == str(int((part["CNSR"] == 0).sum()))
    censored = [stats.CensoredData.right_censored(s["AVAL"], s["CNSR"] == 1) for s in samples.values()]
    p = stats.logrank(*censored).pvalue
    assert display.analyses[1].results[0].raw == pytest.approx(p)
    assert figure.note == f"Log-rank p = {p:.4f}"


def test_course(shown: dict[str, Display], data: Data) -> None:
    figure = shown["course"].figure
    assert isinstance(figure, CourseFigure)
    rows = data["ADLB"].merge(data["ADSL"][["USUBJID", "TRT01P"]])
    for arm, points in figure.courses:
        for point in points:
            values = rows[(rows["TRT01P"] == arm) & (rows["AVISIT"] == point.visit)]["AVAL"].tolist()
            quartiles = [sas_quantile(values, p) for p in (0.25, 0.5, 0.75)]
            assert (point.n, [point.q1, point.median, point.q3]) == (len(values), quartiles)


def test_panels_have_every_subject(shown: dict[str, Display], data: Data) -> None:
    figure = shown["panels"].figure
    assert isinstance(figure, PanelsFigure)
    seen = {p.label: (dict(p.points), p.marks) for _, page in figure.pages for p in page}
    assert set(seen) == set(data["ADSL"]["SUBJID"])
    for subject in data["ADSL"].itertuples():
        own = data["ADLB"][data["ADLB"]["USUBJID"] == subject.USUBJID]
        days = data["ADCM"][data["ADCM"]["USUBJID"] == subject.USUBJID]["ASTDY"]
        assert seen[subject.SUBJID] == (dict(zip(own["ADY"], own["AVAL"], strict=True)), tuple(sorted(days)))


def test_sites(shown: dict[str, Display], data: Data) -> None:
    figure = shown["sites"].figure
    assert isinstance(figure, ForestFigure)
    rows = data["ADRS"][data["ADRS"]["PARAMCD"] == "SUSTRSP6"].merge(data["ADSL"][["USUBJID", "TRT01P", "SITEID"]])
    for line in figure.lines[:-1]:
        part = rows[rows["SITEID"] == line.label]
        expected = [(part[part["TRT01P"] == a]["AVALC"] == "Y") for a in ARMS]
        assert line.counts == tuple(f"{e.sum()}/{len(e)}" for e in expected)
    every = [(rows[rows["TRT01P"] == a]["AVALC"] == "Y") for a in ARMS]
    assert figure.lines[-1].counts == tuple(f"{e.sum()}/{len(e)}" for e in every)


def test_ratio_of_all_sites_by_its_formula(shown: dict[str, Display]) -> None:
    """Mantel and Haenszel: the sum of a d / n over that of b c / n. A site's ratio is the likeliest, given margins."""
    figure = shown["sites"].figure
    assert isinstance(figure, ForestFigure)
    above = below = 0.0
    for line in figure.lines[:-1]:
        (a, m), (c, n) = (map(int, text.split("/")) for text in line.counts)
        above += a * (n - c) / (m + n)
        below += (m - a) * c / (m + n)
        if line.estimate and line.lower and line.upper and math.isfinite(line.upper):
            given = (m + n, m, a + c)
            p = [stats.nchypergeom_fisher.pmf(a, *given, line.estimate * f) for f in (1, 1.01, 0.99)]
            assert p[0] > max(p[1:])
            assert stats.nchypergeom_fisher.sf(a - 1, *given, line.lower) == pytest.approx(0.025, rel=1e-4)
            assert stats.nchypergeom_fisher.cdf(a, *given, line.upper) == pytest.approx(0.025, rel=1e-4)
    assert figure.lines[-1].estimate == pytest.approx(above / below)


def test_flow(shown: dict[str, Display], data: Data) -> None:
    figure = shown["flow"].figure
    assert isinstance(figure, FlowFigure)
    boxes = {(b.id, b.column): b for b in figure.boxes}
    assert boxes["screened", None].count == len(data["ADSL"]) + 3
    assert boxes["failed", None].lines == ("H. PYLORI POSITIVE (n=2)", "PLATELETS NOT BELOW 30 (n=1)")
    stopped = data["ADSL"][data["ADSL"]["EOTSTT"] == "DISCONTINUED"]
    for i, arm in enumerate(ARMS):
        assert boxes["allocated", i].count == (data["ADSL"]["TRT01P"] == arm).sum()
        assert boxes["stopped", i].count == (stopped["TRT01P"] == arm).sum()


def test_results_have_the_texts_of_the_table(shown: dict[str, Display]) -> None:
    for display in shown.values():
        for analysis in display.analyses:
            operations = {o.id for o in analysis.plan.method.operations}
            assert {r.operation for r in analysis.results} <= operations
            for result in analysis.results:
                factors = [f for f, _ in result.groups]
                assert factors == list(analysis.plan.factors[: len(factors)]), analysis.plan.id
                assert len(factors) == len(analysis.plan.factors) or result.operation in ("MISSING", "P")


def broken(data: Data, name: str, change: dict[str, object], tmp_path: object, match: str) -> None:
    frame = data[name].copy()
    for column, value in change.items():
        frame.loc[frame.index[0], column] = value
    spec = load_displays(write_displays(tmp_path))  # type: ignore[arg-type]
    assert spec is not None
    with pytest.raises(AnalysisError, match=match):
        compute_displays(spec, {**data, name: frame}, "S", "", "")


def test_what_no_category_or_grade_has_is_told(data: Data, tmp_path: object) -> None:
    broken(data, "ADSL", {"SEX": "X"}, tmp_path, "SEX has the value 'X'")
    broken(data, "ADAE", {"AETOXGR": "9", "TRTEMFL": "Y"}, tmp_path, "'9' is no level of AETOXGR")
    broken(data, "ADTTE", {"AVAL": float("nan")}, tmp_path, "AVAL of X-001 is missing")
    broken(data, "ADTTE", {"USUBJID": "X-002"}, tmp_path, "more than one record")
    broken(data, "ADSL", {"USUBJID": "X-002"}, tmp_path, "more than one record of a subject")


def test_a_dataset_that_is_not_there(data: Data, tmp_path: object) -> None:
    spec = load_displays(write_displays(tmp_path))  # type: ignore[arg-type]
    assert spec is not None
    with pytest.raises(AnalysisError, match="no dataset ADTTE"):
        compute_displays(spec, {n: f for n, f in data.items() if n != "ADTTE"}, "S", "", "")


def test_one_treatment_only(data: Data, tmp_path: object) -> None:
    text = DISPLAYS.partition("  response:")[0].replace("    footnotes:", "    treatments: [Drug B]\n    footnotes:")
    spec = load_displays(write_displays(tmp_path, text))  # type: ignore[arg-type]
    assert spec is not None
    (display,) = compute_displays(spec, data, "S", "", "").displays
    n = int((data["ADSL"]["TRT01P"] == "Drug B").sum())
    assert [c.heading for c in display.table.columns] == [f"Drug B (N={n})", f"Total (N={n})"]
    unknown = replace(spec.displays["demographics"], treatments=("Drug C",))
    with pytest.raises(AnalysisError, match="no subject has the treatment 'Drug C'"):
        compute_displays(replace(spec, displays={"demographics": unknown}), data, "S", "", "")


def test_where_clauses_hold_as_a_loop_says() -> None:
    frame = plain_frame(
        pd.DataFrame({"A": collect_text(["x", "y", None, "x"]), "N": collect_numbers([1, 2, float("nan"), 4])})
    )

    def found(*comparisons: tuple[str, str, tuple[str, ...]]) -> list[bool]:
        clause = WhereClause(tuple(Comparison(r, w, v) for r, w, v in comparisons))  # type: ignore[arg-type]
        return holds(frame, Condition((clause,))).tolist()

    assert found(("A", "EQ", ("x",))) == [True, False, False, True]
    assert found(("A", "NE", ("x",))) == [False, True, True, False]
    assert found(("A", "IN", ("x", "y")), ("N", "GE", ("2",))) == [False, True, False, True]
    assert found(("N", "NOTIN", ("1", "2"))) == [False, False, True, True]
    assert found(("N", "LT", ("4",))) == [True, True, False, False]
    assert found(("A", "IS", ("MISSING",))) == [False, False, True, False]
    assert found(("N", "IS", ("PRESENT",))) == [True, True, False, True]
    either = Condition((WhereClause((Comparison("A", "EQ", ("y",)),)), WhereClause((Comparison("N", "GT", ("3",)),))))
    assert holds(frame, either).tolist() == [False, True, False, True]
