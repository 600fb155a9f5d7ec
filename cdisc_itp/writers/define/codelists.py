"""CodeList: of each codelist the terms that apply, once for each different set of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...model.codelist import Codelist, Term
from ...model.dataset import Dataset
from ...model.define import DefineStudy, ExternalCodelist, Standard
from .names import standard_oid, where_parts
from .texts import Path
from .xml import Element, add, add_translated, yes

# CDISC codelists of codes: what the NCI calls their terms says more than the submission value does.
CODES = frozenset({"AGEU", "DOMAIN", "FREQ", "NY", "PKUNIT", "SEX", "UNIT", "VSRESU"})

Applicable = Mapping[str, Collection[str]]


class Use(Struct, frozen=True):
    """A variable (path of two) or value level item (longer) that uses terms of a codelist."""

    path: Path
    codelist: str
    data_type: str
    terms: frozenset[str]
    decodes: tuple[tuple[str, str], ...]


class Subset(Struct, frozen=True):
    """The terms of a codelist that apply for its users; ``codelist`` alone where that is an external one."""

    oid: str
    name: str
    codelist: Codelist | ExternalCodelist
    uses: tuple[Use, ...]


def collect_subsets(
    datasets: Sequence[Dataset], codelists: Mapping[str, Codelist | ExternalCodelist], applicable: Applicable
) -> tuple[Subset, ...]:
    """Every subset, by OID.

    The terms of a variable are those that the data hold and those that ``applicable`` has for its codelist or for
    the variable itself ("LB.LBORRESU"); those of a value level item are the ones that the data hold. A variable some
    of whose items have no codelist names none itself. Equal sets are one CodeList. A variable without a term has no
    CodeList: Define-XML knows no empty one. Raises ValueError for a codelist that is not in ``codelists``.
    """
    uses: dict[str, list[Use]] = {}
    for use in _uses(datasets, applicable):
        if use.codelist not in codelists:
            raise ValueError(f"{'.'.join(use.path)}: codelist {use.codelist} is not among the codelists")
        uses.setdefault(use.codelist, []).append(_declared(use, codelists[use.codelist]))
    found = [s for name, those in uses.items() for s in _subsets(codelists[name], those)]
    return tuple(sorted(found, key=lambda s: s.oid))


def _declared(use: Use, codelist: Codelist | ExternalCodelist) -> Use:
    """The use without values that a sponsor's own codelist does not have: they are no terms, judges tell them."""
    if isinstance(codelist, ExternalCodelist) or codelist.code is not None or codelist.release is not None:
        return use
    return replace(use, terms=use.terms.intersection(codelist.by_value))


def codelist_oids(subsets: Iterable[Subset]) -> dict[Path, str]:
    """OID of the CodeList by variable or value level item."""
    return {use.path: subset.oid for subset in subsets for use in subset.uses}


def _uses(datasets: Sequence[Dataset], applicable: Applicable) -> Iterable[Use]:
    for d in datasets:
        for v in d.plan.variables:
            seen = d.observed.get(v.name)
            if v.codelist and seen and not _has_other_values(d, v.name):
                extra = (*applicable.get(v.codelist, ()), *applicable.get(f"{d.name}.{v.name}", ()))
                data_type = (seen.data_type or v.data_type) if v.numeric else "text"
                yield Use((d.name, v.name), v.codelist, data_type, frozenset((*seen.terms, *extra)), seen.decodes)
        for i in d.value_level:
            if i.codelist:
                path = (d.name, i.variable, *where_parts(i.where))
                yield Use(path, i.codelist, "text", frozenset(i.observed.terms), ())


def _has_other_values(dataset: Dataset, variable: str) -> bool:
    """Whether some value level items of a variable have no codelist, its numbers being no terms: the others name it."""
    return any(i.variable == variable and not i.codelist for i in dataset.value_level)


def _subsets(codelist: Codelist | ExternalCodelist, uses: list[Use]) -> list[Subset]:
    if isinstance(codelist, ExternalCodelist):
        return [Subset(f"CL.{codelist.name}", codelist.label, codelist, tuple(uses))]
    groups: dict[tuple[str, frozenset[str]], list[Use]] = {}
    for use in uses:
        if use.terms:
            groups.setdefault((use.data_type, use.terms), []).append(use)
    if len(groups) == 1:
        return [Subset(f"CL.{codelist.name}", codelist.label, codelist, tuple(*groups.values()))]
    return [_named(codelist, group, uses) for group in groups.values()]


def _named(codelist: Codelist, group: list[Use], uses: list[Use]) -> Subset:
    """One of several subsets, named after what it serves: "Unit (LB)", "Unit (LB.LBORRESU: ALT, AST)"."""
    served = _served([u.path for u in group if len(u.path) == 2], [u.path for u in uses if len(u.path) == 2])
    oid = ".".join(("CL", codelist.name, served[0] if served else ".".join(group[0].path)))
    if served:
        return Subset(oid, f"{codelist.label} ({_shortened(served)})", codelist, tuple(group))
    variable = group[0].path[:2]
    values = _shortened([" ".join(u.path[3::2]) for u in group if u.path[:2] == variable])
    return Subset(oid, f"{codelist.label} ({'.'.join(variable)}: {values})", codelist, tuple(group))


def _served(paths: list[Path], every: list[Path]) -> list[str]:
    """The datasets all of whose variables with the codelist are among ``paths``, else the variables."""
    rest = {p[0] for p in every if p not in paths}
    return list(dict.fromkeys(".".join(p) if p[0] in rest else p[0] for p in paths))


def _shortened(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def add_codelists(parent: Element, subsets: Iterable[Subset], study: DefineStudy) -> None:
    """CodeList for each subset."""
    for subset in subsets:
        if isinstance(subset.codelist, ExternalCodelist):
            _add_external(parent, subset.oid, subset.codelist)
        else:
            _add_terms(parent, subset, subset.codelist, study)


def _add_external(parent: Element, oid: str, codelist: ExternalCodelist) -> None:
    element = add(parent, "CodeList", {"OID": oid, "Name": codelist.label, "DataType": "text"})
    attributes: dict[str, str | int | None] = {
        "Dictionary": codelist.dictionary,
        "Version": codelist.version,
        "ref": codelist.ref,
        "href": codelist.href,
    }
    add(element, "ExternalCodeList", attributes)


def _add_terms(parent: Element, subset: Subset, codelist: Codelist, study: DefineStudy) -> None:
    standard = _standard_of(codelist, study.standards)
    attributes: dict[str, str | int | None] = {
        "OID": subset.oid,
        "Name": subset.name,
        "DataType": subset.uses[0].data_type,
        "def:StandardOID": standard_oid(standard) if standard else None,
        "def:IsNonStandard": yes(standard is None),
    }
    element = add(parent, "CodeList", attributes)
    decodes = {term: decode for use in subset.uses for term, decode in reversed(use.decodes)}
    terms = _ordered(codelist, subset.uses[0].terms)
    paired = _is_paired(codelist, decodes)
    for number, term in enumerate(terms, 1):
        _add_term(element, codelist, term, number, decodes, paired, study.language)
    if codelist.code:
        add(element, "Alias", {"Context": "nci:ExtCodeID", "Name": codelist.code})


def _add_term(
    parent: Element,
    codelist: Codelist,
    term: Term,
    number: int,
    decodes: Mapping[str, str],
    paired: bool,
    language: str,
) -> None:
    published = codelist.code is not None or codelist.release is not None  # several published ones have no one code
    attributes: dict[str, str | int | None] = {
        "CodedValue": term.value,
        "OrderNumber": None if codelist.code else number,
        "def:ExtendedValue": yes(published and term.code is None),
    }
    element = add(parent, "CodeListItem" if paired else "EnumeratedItem", attributes)
    if paired:
        add_translated(element, "Decode", decodes.get(term.value) or term.decode or term.value, language)
    if term.code:
        add(element, "Alias", {"Context": "nci:ExtCodeID", "Name": term.code})


def _ordered(codelist: Codelist, values: Collection[str]) -> list[Term]:
    """The terms in the sponsor's own order, those of a CDISC codelist and terms without a place by value."""
    place = {} if codelist.code else {t.value: i for i, t in enumerate(codelist.terms)}
    order = sorted(values, key=lambda v: (place.get(v, len(place)), v))
    return [codelist.by_value.get(v) or Term(v) for v in order]


def _is_paired(codelist: Codelist, decodes: Mapping[str, str]) -> bool:
    """Whether the values are codes that want a decode, or names that speak for themselves (EnumeratedItem)."""
    if decodes or codelist.name.endswith("CD") or codelist.name in CODES:
        return True
    return codelist.code is None and any(t.decode for t in codelist.terms)


def _standard_of(codelist: Codelist, standards: Sequence[Standard]) -> Standard | None:
    """The terminology release of a CDISC codelist, None for a sponsor's; ValueError where the study has none."""
    if codelist.code is None:
        return None
    releases = [s for s in standards if s.type == "CT"]
    exact = [s for s in releases if codelist.release in (s.version, f"{s.publishing_set} CT {s.version}")]
    if exact or (codelist.release is None and len(releases) == 1):
        return (exact or releases)[0]
    raise ValueError(f"codelist {codelist.name}: the study has no terminology standard {codelist.release}")
