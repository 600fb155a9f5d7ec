"""Frames and displays of a made-up study: what the displays are tested with, of no study in specs/."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

VISITS = (("Baseline", 0), ("Week 1", 1), ("Week 2", 2), ("Week 4", 4), ("Week 8", 8), ("Week 12", 12), ("Month 6", 26))
DISPLAYS = """
subjects: ADSL
treatment: {variable: TRT01P, order: TRT01PN}
populations:
  ITT: {label: All randomized subjects, where: {ITTFL: Y}}
displays:
  demographics:
    kind: summary
    number: "1.1"
    title: Demographics and baseline
    population: ITT
    dataset: ADSL
    variables:
      - {name: AGE, label: Age (years), statistics: [n, mean_sd, median, quartiles, range]}
      - {name: SEX, label: Sex, categories: {F: Female, M: Male}}
    footnotes: [A footnote.]
  response:
    kind: summary
    number: "1.2"
    title: Response by visit
    population: ITT
    dataset: ADRS
    where: {PARAMCD: RSPVIS}
    within: {variable: AVISIT, order: AVISITN, label: Visit}
    variables: [{name: AVALC, label: Response, categories: {CR: Complete response, R: Response, NR: No response}}]
    total: no
  ae:
    kind: terms
    number: "1.3"
    title: Adverse events
    population: ITT
    dataset: ADAE
    where: {TRTEMFL: Y}
    terms: [AEBODSYS, AEDECOD]
    any: Any event
    grade: {variable: AETOXGR, levels: [1, 2, 3]}
  time:
    kind: kaplan_meier
    number: "2.1"
    title: Time to response
    population: ITT
    dataset: ADTTE
    where: {PARAMCD: TTRESP}
    times: [0, 28, 56, 84, 112, 140, 168]
    x_label: Days since first dose
    y_label: Proportion with a response
    shows: incidence
  course:
    kind: visit_course
    number: "2.2"
    title: Platelet course
    population: ITT
    dataset: ADLB
    where: {PARAMCD: PLAT, AVISIT: {IS: PRESENT}}
    visit: AVISIT
    order: AVISITN
    y_label: Platelets (10^9/L), median and quartiles
    limits: {50: "50"}
  panels:
    kind: panels
    number: "2.3"
    title: Platelets of each subject
    population: ITT
    dataset: ADLB
    where: {PARAMCD: PLAT}
    label: SUBJID
    x_label: Study day
    y_label: Platelets (10^9/L)
    limits: {50: "50 x 10^9/L"}
    marks: {dataset: ADCM, where: {RESCFL: Y}, x: ASTDY, label: Additional therapy}
  sites:
    kind: forest
    number: "2.4"
    title: Response by site
    population: ITT
    dataset: ADRS
    where: {PARAMCD: SUSTRSP6}
    by: SITEID
    success: Y
    purpose: PRIMARY OUTCOME MEASURE
  flow:
    kind: flow
    number: "2.5"
    title: Flow of subjects
    population: ITT
    boxes:
      screened: {label: Screened, dataset: DM}
      failed:
        label: Not randomized
        dataset: DM
        where: {ARMNRS: SCREEN FAILURE}
        after: screened
        aside: yes
        reasons: REASON
      randomized: {label: Randomized, dataset: ADSL, after: screened}
      allocated: {label: Allocated and treated, dataset: ADSL, after: randomized, by_treatment: yes}
      stopped:
        label: Discontinued treatment
        dataset: ADSL
        where: {EOTSTT: DISCONTINUED}
        after: allocated
        by_treatment: yes
        reasons: DCTREAS
      analysed: {label: Analysed, dataset: ADSL, where: {ITTFL: Y}, after: stopped, by_treatment: yes}
"""


def write_displays(folder: Path, text: str = DISPLAYS) -> Path:
    """A study's folder with nothing but its displays."""
    (folder / "analysis").mkdir(parents=True, exist_ok=True)
    (folder / "analysis" / "displays.yaml").write_text(text, "utf-8")
    return folder


def frames(n: int = 30, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Plain frames of n randomized subjects and a few who failed screening."""
    draw = np.random.default_rng(seed)
    ids = [f"X-{i:03d}" for i in range(1, n + 1)]
    treatment = np.where(draw.random(n) < 0.5, "Drug A + B", "Drug B")
    stopped = draw.random(n) < 0.2
    adsl = pd.DataFrame(
        {
            "USUBJID": ids,
            "SUBJID": [i[2:] for i in ids],
            "SITEID": draw.choice(["01", "02", "03", "04"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "TRT01P": treatment,
            "TRT01PN": np.where(treatment == "Drug A + B", 1.0, 2.0),
            "ITTFL": "Y",
            "AGE": draw.integers(18, 70, n).astype(float),
            "SEX": draw.choice(["F", "M"], n),
            "EOTSTT": np.where(stopped, "DISCONTINUED", "COMPLETED"),
            "DCTREAS": np.where(stopped, draw.choice(["ADVERSE EVENT", "LACK OF EFFICACY", "WITHDRAWAL"], n), ""),
        }
    ).astype(dict.fromkeys(("USUBJID", "SUBJID", "SITEID", "TRT01P", "ITTFL", "SEX", "EOTSTT", "DCTREAS"), object))
    return {"ADSL": adsl, **_records(adsl, draw), "DM": _screened(ids)}


def _screened(ids: list[str]) -> pd.DataFrame:
    every = [*ids, "X-901", "X-902", "X-903"]
    reasons = ["" for _ in ids] + ["PLATELETS NOT BELOW 30", "H. PYLORI POSITIVE", "H. PYLORI POSITIVE"]
    arm = ["" if not r else "SCREEN FAILURE" for r in reasons]
    return pd.DataFrame({"USUBJID": every, "ARMNRS": arm, "REASON": reasons}, dtype=object)


def _records(adsl: pd.DataFrame, draw: np.random.Generator) -> dict[str, pd.DataFrame]:
    lb, rs, tte, ae, cm = [], [], [], [], []
    for s in adsl.itertuples():
        good = draw.random() < (0.6 if s.TRT01PN == 1 else 0.35)
        level = draw.uniform(5, 28)
        for visit, week in VISITS:
            rise = draw.uniform(0.9, 1.9) if good else draw.uniform(0.7, 1.35)
            level = level if week == 0 else max(3.0, level * rise)
            lb.append((s.USUBJID, "PLAT", visit, float(week), week * 7 + 1.0, float(round(min(level, 320)))))
            rs.append((s.USUBJID, "RSPVIS", visit, float(week), "CR" if level >= 100 else "R" if level >= 30 else "NR"))
        rs.append((s.USUBJID, "SUSTRSP6", "", float("nan"), "Y" if good and level > 50 else "N"))
        tte.append(
            (s.USUBJID, "TTRESP", float(draw.integers(5, 90) if good else draw.integers(60, 180)), 0.0 if good else 1.0)
        )
        for _ in range(draw.integers(0, 4)):
            system, term = [("Liver", "ALT raised"), ("Liver", "Bilirubin raised"), ("Skin", "Acne")][
                draw.integers(0, 3)
            ]
            ae.append((s.USUBJID, system, term, str(draw.integers(1, 3)), "Y" if draw.random() < 0.9 else ""))
        if not good and draw.random() < 0.5:
            cm.append((s.USUBJID, "IVIG", "Y", float(draw.integers(20, 150))))
    return {
        "ADLB": _frame(lb, "USUBJID PARAMCD AVISIT AVISITN ADY AVAL"),
        "ADRS": _frame(rs, "USUBJID PARAMCD AVISIT AVISITN AVALC"),
        "ADTTE": _frame(tte, "USUBJID PARAMCD AVAL CNSR"),
        "ADAE": _frame(ae, "USUBJID AEBODSYS AEDECOD AETOXGR TRTEMFL"),
        "ADCM": _frame(cm, "USUBJID CMTRT RESCFL ASTDY"),
    }


def _frame(rows: list[tuple[object, ...]], names: str) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=names.split())
    return made.astype({c: object for c in made.columns if made[c].dtype.kind not in "fi"})
