"""What is known of a dataset before a row is read (plan) and after (observed), in Define-XML's terms."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .where import WhereClause

OriginType = Literal["Collected", "Derived", "Assigned", "Protocol", "Predecessor", "Not Available"]
OriginSource = Literal["Investigator", "Sponsor", "Subject", "Vendor"]


class Origin(Struct, frozen=True):
    """Define-XML 2.1 origin: type and source; ``predecessor`` names the variable that was copied.

    ``also`` are further sources of the same type: some records' values are a vendor's, others' the investigator's.
    """

    type: OriginType
    source: OriginSource | None = None
    predecessor: str | None = None
    also: tuple[OriginSource, ...] = ()


class VariablePlan(Struct, frozen=True):
    """One variable as the spec and the implementation guide say it.

    ``codelist`` is the codelist's short name (its own submission value, "NY"); ``data_type`` is Define-XML's
    ("text", "integer", "float", "datetime", "date", "durationDatetime", ...); ``core`` is Req, Exp, Perm or None;
    ``decode_of`` names the coded variable of which this one is the decode (LBTEST of LBTESTCD).
    """

    name: str
    label: str
    numeric: bool
    data_type: str
    role: str | None = None
    core: str | None = None
    codelist: str | None = None
    origin: Origin | None = None
    method: str | None = None
    comment: str | None = None
    display_format: str | None = None
    decode_of: str | None = None
    standard: bool = True


class ValueLevelPlan(Struct, frozen=True):
    """Value level metadata of one variable: one item for each value of ``by`` that the data hold.

    ``items`` say more of single values, by name: label, codelist, origin, method of QVAL where QNAM is that name.
    """

    variable: str
    by: tuple[str, ...]
    items: tuple[VariablePlan, ...] = ()


class DatasetPlan(Struct, frozen=True):
    """One dataset as the spec and the implementation guide say it; variables in the guide's order."""

    name: str
    label: str
    domain: str
    class_name: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[VariablePlan, ...]
    standard: str | None = None
    value_level: tuple[ValueLevelPlan, ...] = ()
    comment: str | None = None
    repeating: bool = True
    reference_data: bool = False
    has_no_data: bool = False

    def variable(self, name: str) -> VariablePlan:
        """The variable of that name; KeyError where there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names in order."""
        return tuple(v.name for v in self.variables)


class Observed(Struct, frozen=True):
    """What the data hold of one variable (or of one value level item).

    ``length`` in bytes of the longest text, or in characters of the longest number; ``digits`` is the largest
    number of decimal places; ``terms`` the distinct text values where the plan has a codelist, else empty, in
    order; ``data_type`` is the narrowest of Define-XML's that holds every value, None where there is none;
    ``decodes`` pairs values with what another variable of the dataset says for them (LBTESTCD with LBTEST).
    """

    length: int = 0
    digits: int = 0
    integer: bool = True
    n: int = 0
    terms: tuple[str, ...] = ()
    data_type: str | None = None
    decodes: tuple[tuple[str, str], ...] = ()


class ValueLevelItem(Struct, frozen=True):
    """One value level item that the data hold: the rows of ``where`` and what they hold.

    ``plan`` is what the spec says of this item alone, if anything.
    """

    variable: str
    where: WhereClause
    observed: Observed
    numeric: bool
    data_type: str
    codelist: str | None = None
    plan: VariablePlan | None = None
