"""What holds of every word alike: docstring, example, and a method text that tells each parameter."""

from __future__ import annotations

import dataclasses
import itertools
import types
import typing
from typing import Any

import pytest

from cdisc_itp.algorithms.registry import ALGORITHMS, Algorithm, DateRef, Ref, Written, algorithm, parameters
from cdisc_itp.model.where import Comparison, Condition, WhereClause
from cdisc_itp.model.written import Parameter
from tests.sample import Sample

# Two values of each type, unlike each other and every default.
CONDITIONS = [Condition((WhereClause((Comparison(ref, "EQ", ("x",)),)),)) for ref in ("A", "B")]
WORDS = sorted(ALGORITHMS.items())


def values(hint: Any) -> list[Any]:
    """Two values of a type."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return values(next(a for a in args if a is not type(None)))
    if origin is tuple:
        one, other = values(args[0])
        return [(one, other), (other,)]
    if origin is dict:
        one, other = values(args[1])
        return [{"one": one}, {"one": other, "two": one}]
    if origin is typing.Literal:
        return list(args) if len(args) > 1 else [args[0], None]
    if hint is Condition:
        return list(CONDITIONS)
    if hint is bool:
        return [False, True]
    if hint is int:
        return [1, 2]
    assert issubclass(hint, str)
    return [hint("DM.ONE"), hint("EX.TWO")] if issubclass(hint, Ref) else [hint("one"), hint("two")]


# What the study, not the spec's line, gives a word.
GIVEN = {"visit": {"number_from": DateRef("DM.RFSTDTC")}}


def full(cls: type[Algorithm]) -> Algorithm:
    """A word with every parameter given."""
    return cls(**{p.field: values(p.type)[0] for p in parameters(cls).values()}, **GIVEN.get(cls.word, {}))


def variations() -> list[tuple[str, str, Any, Any]]:
    out = []
    for word, cls in WORDS:
        for name, p in parameters(cls).items():
            default = next(f.default for f in dataclasses.fields(cls) if f.name == p.field)  # type: ignore[arg-type]
            choice = values(p.type) + ([] if default is dataclasses.MISSING or p.needs else [default])
            out += [(word, name, a, b) for a, b in itertools.combinations(choice, 2) if a != b]
    return out


@pytest.mark.parametrize(("word", "name", "one", "other"), variations())
def test_the_method_changes_with_every_parameter(word: str, name: str, one: Any, other: Any) -> None:
    base = full(ALGORITHMS[word])
    field = parameters(ALGORITHMS[word])[name].field
    texts = [dataclasses.replace(base, **{field: v}).describe() for v in (one, other)]  # type: ignore[type-var]
    assert texts[0] != texts[1]


@pytest.mark.parametrize(("word", "cls"), WORDS)
def test_every_word_is_explained_with_an_example(word: str, cls: type[Algorithm]) -> None:
    text = cls.__doc__ or ""
    assert ">>>" in text, word
    assert cls.word == word
    assert cls.scope in ("any", "form", "dataset")


@pytest.mark.parametrize(("word", "cls"), WORDS)
def test_the_method_is_a_sentence(word: str, cls: type[Algorithm]) -> None:
    text = full(cls).describe()
    assert text.endswith(".")
    assert "  " not in text and "None" not in text and "Ref(" not in text


@pytest.mark.parametrize(("word", "cls"), WORDS)
def test_the_method_names_what_is_read(word: str, cls: type[Algorithm]) -> None:
    made = full(cls)
    hidden = {f.name for f in dataclasses.fields(cls) if f.metadata.get("hidden")}  # type: ignore[arg-type]
    assert hidden.isdisjoint(p.field for p in parameters(cls).values())
    for name in made.reads:
        assert name.rpartition(".")[2] in made.describe(), name


@pytest.mark.parametrize(("word", "cls"), WORDS)
def test_the_main_argument_comes_first_and_may_stand_alone_or_says_what_it_needs(
    word: str, cls: type[Algorithm]
) -> None:
    known = parameters(cls)
    assert len(known) >= 1
    for name, p in known.items():
        assert set(p.needs) <= set(known) - {name}


def test_words_are_frozen_and_compare_by_value() -> None:
    one, other = (ALGORITHMS["assign"](source=Ref("a")) for _ in range(2))  # type: ignore[call-arg]
    assert one == other and hash(one) == hash(other)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.source = Ref("b")  # type: ignore[attr-defined]


def test_a_name_keeps_its_line_and_is_equal_to_its_text() -> None:
    ref = Ref("LBDTC")
    ref.line = 12
    assert (ref, ref.line, hash(ref)) == ("LBDTC", 12, hash("LBDTC"))
    assert Written("x").line == 0


def test_reads_are_each_name_once_in_order() -> None:
    join = ALGORITHMS["join"](parts=(Ref("b"), Ref("a"), Ref("b")))  # type: ignore[call-arg]
    assert join.reads == ("b", "a")


def test_two_words_of_one_name_are_refused() -> None:
    with pytest.raises(AssertionError, match="two algorithms are called assign"):

        @algorithm
        class Assign(Algorithm):
            source: Ref

    assert isinstance(parameters(ALGORITHMS["assign"])["to"], Parameter)


def test_a_bare_word_has_nothing_to_say() -> None:
    for call in (Algorithm().describe, lambda: Algorithm().apply(Sample({"a": ["x"]}))):  # type: ignore[arg-type]
        with pytest.raises(AssertionError):
            call()
