"""The edge build of the synthetic study: nothing that is written or printed identifies a patient."""

from __future__ import annotations

from tests.privacy.studies import (
    test_every_command_did_its_work,
    test_leaks_are_told_and_their_stories_do_not_tell_them,
    test_nothing_that_was_written_or_printed_identifies_a_patient,
    test_one_story_on_the_command_line,
    written,
)

BUILD = "edge"
__all__ = [
    "BUILD",
    "test_every_command_did_its_work",
    "test_leaks_are_told_and_their_stories_do_not_tell_them",
    "test_nothing_that_was_written_or_printed_identifies_a_patient",
    "test_one_story_on_the_command_line",
    "written",
]
