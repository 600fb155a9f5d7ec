"""Elements in canonical form: namespaces, attributes in the order given, no attribute without a value."""

from __future__ import annotations

from typing import Any, TypeAlias

from lxml import etree

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACES: dict[Any, str] = {None: ODM, "def": DEF, "xlink": XLINK}

Element: TypeAlias = "etree._Element"


def qualified(name: str) -> str:
    """The name with its namespace: ``def:`` and ``xlink:`` as written, elements without prefix are ODM's.

    >>> qualified("def:leaf")
    '{http://www.cdisc.org/ns/def/v2.1}leaf'
    """
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or None]}}}{local}"


def add(parent: Element, name: str, attributes: dict[str, str | int | None] | None = None) -> Element:
    """A new last child; attributes keep their order, None is left out.

    Raises ValueError for text that XML cannot hold (control characters).
    """
    child = etree.SubElement(parent, qualified(name))
    for key, value in (attributes or {}).items():
        if value is not None:
            try:
                child.set(qualified(key) if ":" in key else key, str(value))
            except ValueError as error:
                raise ValueError(f"{name} {key}={value!r}: XML cannot hold this text") from error
    return child


def add_text(parent: Element, name: str, text: str) -> Element:
    """A new last child with text; ValueError for text that XML cannot hold."""
    child = add(parent, name)
    try:
        child.text = text
    except ValueError as error:
        raise ValueError(f"{name} {text!r}: XML cannot hold this text") from error
    return child


def add_translated(parent: Element, name: str, text: str, language: str) -> Element:
    """``name`` (Description, Decode) with one TranslatedText."""
    child = add(parent, name)
    add_text(child, "TranslatedText", text).set(LANG, language)
    return child


def yes(flag: bool) -> str | None:
    """ "Yes" or nothing, for attributes that know no "No"."""
    return "Yes" if flag else None


def yes_no(flag: bool) -> str:
    """ "Yes" or "No"."""
    return "Yes" if flag else "No"
