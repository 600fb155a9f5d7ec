"""Parameters of TS: whose values are terms of a codelist, and which the data of a study tell."""

from __future__ import annotations

from collections.abc import Mapping

_NO_YES = "C66742"
CODELISTS: Mapping[str, str] = {
    "TPHASE": "C66737",
    "STYPE": "C99077",
    "INTTYPE": "C99078",
    "TBLIND": "C66735",
    "TCNTRL": "C66785",
    "INTMODEL": "C99076",
    "TTYPE": "C66739",
    "TINDTP": "C66736",
    "SEXPOP": "C66732",
    "ROUTE": "C66729",
    "DOSFRM": "C66726",
    "DOSFRQ": "C71113",
    "DOSU": "C71620",
    **dict.fromkeys(("ADAPT", "ADDON", "DMCIND", "EXTTIND", "FDADEIND", "FDADRIND", "HLTSUBJI", "ONGOSIND"), _NO_YES),
    **dict.fromkeys(("PASSIND", "PDPSTIND", "PDSTIND", "PIPIND", "RANDOM", "RDIND", "SSTDYIND"), _NO_YES),
}
"""C-code of the codelist of TSVAL, by parameter (CDISC controlled terminology)."""

DERIVED: Mapping[str, str] = {
    "ACTSUB": "Number of subjects in DM with a planned arm.",
    "SSTDTC": "Earliest informed consent (DM.RFICDTC) of a subject with a planned arm.",
}
"""How the values are derived that the data of the study tell, by parameter; the judges recompute them."""

REFERENCE = "CDISC CT"
NULL_FLAVORS = frozenset(
    {"NI", "INV", "DER", "OTH", "NINF", "PINF", "UNC", "MSK", "NA", "UNK", "ASKU", "NAV", "NASK", "QS", "TRC", "NP"}
)
"""ISO 21090 null flavors: what TSVALNF may hold (SDTMIG 3.4, TS)."""
