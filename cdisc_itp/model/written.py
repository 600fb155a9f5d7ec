"""What a spec may write of a type: its fields, by the words that stand for them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeGuard, get_args

from msgspec import Struct
from msgspec.structs import FieldInfo, fields


class Needs(Struct, frozen=True):
    """Marks a field that means something only beside others; they are named as a spec writes them."""

    others: tuple[str, ...]


class Unwritten(Struct, frozen=True):
    """Marks a field that no spec writes."""


class Parameter(Struct, frozen=True):
    """What a spec may write under a name: the field that holds it, its type, whether it must be given, what it needs
    beside it.
    """

    field: str
    type: Any
    required: bool
    needs: tuple[str, ...] = ()


@cache
def words_of(cls: type[Struct]) -> Mapping[str, Parameter]:
    """What a spec may write of a type, by name (a field's, without a trailing _), in the order of the fields."""
    every = ((f, _marks(f)) for f in fields(cls))
    words = [_parameter(f, marks) for f, marks in every if not any(isinstance(m, Unwritten) for m in marks)]
    return types.MappingProxyType({w.field.rstrip("_"): w for w in words})


def is_struct(hint: Any) -> TypeGuard[type[Struct]]:
    """Whether a type is that of an object with words of its own."""
    return isinstance(hint, type) and issubclass(hint, Struct)


def _marks(f: FieldInfo) -> tuple[Any, ...]:
    return get_args(f.type)[1:] if hasattr(f.type, "__metadata__") else ()


def _parameter(f: FieldInfo, marks: tuple[Any, ...]) -> Parameter:
    needs = tuple(other for m in marks if isinstance(m, Needs) for other in m.others)
    return Parameter(f.name, get_args(f.type)[0] if marks else f.type, f.required, needs)
