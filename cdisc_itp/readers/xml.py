"""XML without surprises: no entities, no document types, no network; READ050 and READ051 for what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias, cast

from lxml import etree

from ..model.issue import Place, ReadError, ReadProblem
from .limits import LIMITS, Limits
from .problems import Problems, read_bytes

Element: TypeAlias = "etree._Element"
Tree: TypeAlias = "etree._ElementTree"


def read_xml(path: Path, limits: Limits = LIMITS) -> Tree:
    """The file as a tree; raises ReadError: READ001, READ007, READ050 (not well formed), READ051 (DOCTYPE)."""
    problems = Problems(path.name, 1)
    content = read_bytes(path, problems, limits)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in content.replace(b"\0", b""):
            raise _doctype(path) from error
        problems.add("READ050", error.msg or "not well-formed XML", error.lineno)
        problems.raise_any()
    tree = root.getroottree()
    if cast(Any, tree.docinfo).doctype:
        raise _doctype(path)
    return tree


def read_broken_xml(path: Path, limits: Limits = LIMITS) -> tuple[Tree, list[tuple[int, str]]]:
    """What can be read of a file that is not well formed, with line and message of what is wrong.

    Raises ReadError: READ001, READ007, READ050 (nothing can be read), READ051 (DOCTYPE).
    """
    problems = Problems(path.name, 1)
    content = read_bytes(path, problems, limits)
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise _doctype(path)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        root = None
    found = [(entry.line, entry.message) for entry in cast("Iterable[Any]", parser.error_log)]
    if root is None:
        problems.add("READ050", found[0][1] if found else "not well-formed XML", found[0][0] if found else None)
        problems.raise_any()
    return cast(Element, root).getroottree(), found


def _doctype(path: Path) -> ReadError:
    message = "a document type declaration is not read: it can hold entities and call other files"
    return ReadError([ReadProblem("READ051", message, Place(path.name), "remove the DOCTYPE")])
