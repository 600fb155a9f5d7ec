"""What a second process imports before it is asked, so that who asks need not wait for it."""

from __future__ import annotations


def import_reading() -> None:
    """What it is asked first."""
    from . import sharing

    del sharing


def import_showing() -> None:
    """What it is asked last; the templates of define.html are compiled too."""
    import jsonschema

    from . import define_files, proving
    from .writers.define_page.page import prepare_templates

    del define_files, jsonschema, proving
    prepare_templates()
