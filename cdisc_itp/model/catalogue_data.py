"""DATA001-DATA099: surprising data. The value is left out and listed; the run goes on."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

DATA = (
    CatalogueEntry(
        "DATA010",
        "error",
        "Date or time that cannot be read",
        "The text has none of the written forms that the source file declares, or holds a time where the form's "
        "column takes a date only.",
        "Add the written form (such as d.M.yyyy or H:mm) to `format` of this column in sources/*.yaml (several are "
        "tried in order; yyyy-MM-ddT00:00:00 for dates that are stored at midnight), declare `part: date`, or list "
        "the text under `missing`.",
    ),
    CatalogueEntry(
        "DATA011",
        "error",
        "No such day or time",
        "The text has a declared form, but the calendar has no such day (2020-02-60), or the day no such time.",
        "Ask the site for the right date; where day and month are exchanged, correct `format` in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA012",
        "error",
        "Time without a complete date",
        "A time of day belongs to a day, and the day is not known. The partial date is submitted, the time is not.",
        "Ask the site for the date, or list the text under `missing` of the time column in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA013",
        "error",
        "End before start",
        "A duration cannot be counted where the end lies before the start.",
        "Ask the site for the right dates; they are columns of the raw export that sources/*.yaml reads.",
    ),
    CatalogueEntry(
        "DATA014",
        "error",
        "Birth after the date at which the age is counted",
        "An age cannot be counted to a day before the birth.",
        "Ask the site for the right dates, or correct `at` in sdtm/dm.yaml.",
    ),
    CatalogueEntry(
        "DATA015",
        "error",
        "Text without this part",
        "The separator divides the text into fewer parts than are asked for, or into more than have a width.",
        "Correct `by` or `part` in the variable's line in sdtm/*.yaml (`split` or `pad` in sources/*.yaml), or add a "
        "line for such texts; a row of totals is passed over by the table's `comment`.",
    ),
    CatalogueEntry(
        "DATA020",
        "error",
        "Not a number",
        "A number is wanted and the text is none, or is one that cannot be converted without a guess (5,2).",
        "Declare `decimal`, `thousands` or `digits` of the column in sources/*.yaml, or list the text under `missing`.",
    ),
    CatalogueEntry(
        "DATA030",
        "error",
        "No term for a value",
        "The map has no row for the value, and the value itself is no submission value of the codelist.",
        "Add a row to the map (maps/*.csv) that the line names; a line without one gets `map: <name of a table>`.",
    ),
    CatalogueEntry(
        "DATA031",
        "error",
        "No conversion for a test and unit",
        "The conversion table says nothing of this test in this unit. A result is never submitted unconverted.",
        "Add a row for the test and unit to the conversion table (maps/*.csv): standard_unit, factor, decimals.",
    ),
    CatalogueEntry(
        "DATA032",
        "warning",
        "Term that the extensible codelist lacks",
        "The value is submitted as the sponsor's own term, which define.xml must name.",
        "Declare the term (where the value has a row of the map, the one given there) under `codelists` in study.yaml "
        "(`extends`), or add or correct the row of the map (maps/*.csv).",
    ),
    CatalogueEntry(
        "DATA033",
        "error",
        "Code without a decode",
        "The codelist, or the map, has no name for the code.",
        "Add the code to the map (maps/*.csv) or to `codelists` in study.yaml, with its decode.",
    ),
    CatalogueEntry(
        "DATA034",
        "error",
        "Limit that is no number",
        "A result cannot be compared with this limit of its reference range; no indicator is derived.",
        "List the text under `missing` of the limit's column in sources/*.yaml, or ask the laboratory for the range.",
    ),
    CatalogueEntry(
        "DATA035",
        "error",
        "Visit that the schedule lacks",
        "The study's schedule has no row for the visit as it is written.",
        "Add a row to visits.csv: the visit as it is written in the first column, then VISITNUM and VISIT.",
    ),
    CatalogueEntry(
        "DATA036",
        "error",
        "No row for a look-up",
        "The form has no row that agrees with the record in the columns of `by`, and the line says there must be one.",
        "Add the row to the raw table that the form reads; without `required: yes` in sdtm/*.yaml it is no issue.",
    ),
    CatalogueEntry(
        "DATA037",
        "error",
        "Two columns contradict each other",
        "The raw column and the one that it is to agree with, such as a code and its decode, mean different things by "
        "the map. Neither is taken.",
        "Ask the site which of the two is right; where both mean the same, correct the map (maps/*.csv).",
    ),
    CatalogueEntry(
        "DATA038",
        "note",
        "No row for a look-up that has others",
        "The form has rows for this value, but none that agrees with the record in all columns of `by`: a site, sex or "
        "unit without a reference range. The variable stays empty, and what follows from it.",
        "Ask for the missing row and add it to the raw table that the form reads, or correct the unit in the map "
        "(maps/*.csv); without `expected` in sdtm/*.yaml it is no issue.",
    ),
    CatalogueEntry(
        "DATA040",
        "error",
        "Subject that DM does not have",
        "Every subject of a dataset must be in DM; the record is rejected.",
        "Add the subject to the raw table that DM's form reads, or correct the subject map in maps/*.csv.",
    ),
    CatalogueEntry(
        "DATA041",
        "error",
        "No subject",
        "The row says of whom it speaks in no way that the study's `subject_id` can use; the record is rejected.",
        "Correct the subject column in sources/*.yaml or its map; leave rows of no subject out by `where`.",
    ),
    CatalogueEntry(
        "DATA042",
        "error",
        "Record without a topic",
        "The variable that names what was observed, given or happened has no value; the record is rejected.",
        "Leave such rows out by `where` with a reason, in sdtm/*.yaml or sources/*.yaml, or mend the topic's line.",
    ),
    CatalogueEntry(
        "DATA050",
        "note",
        "Exact duplicates merged",
        "The row equals an earlier one in every column of the form, and the source file says `duplicates: merge`.",
        "Nothing, where duplicates are expected; else remove `duplicates: merge` in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA051",
        "error",
        "Repeats that cannot be told apart",
        "Rows of one group agree in the columns that order them, or hold a value that `ranked` does not list, so which "
        "of them counts is not known; all stay.",
        "Name another `order` under `repeats` in sources/*.yaml, add the value to `ranked`, or declare `tie: keep`.",
    ),
    CatalogueEntry(
        "DATA052",
        "error",
        "Intervals overlap",
        "A period starts before the one before it ended; both are part of one record.",
        "Ask the site for the right dates; what tells the periods apart belongs under `same` in sdtm/*.yaml.",
    ),
    CatalogueEntry(
        "DATA053",
        "warning",
        "Exact duplicates",
        "The row equals an earlier one in every column of the form. Both are kept: it may have happened twice.",
        "Declare `duplicates: merge` or `duplicates: keep` for this block in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA054",
        "warning",
        "Two sources disagree",
        "Two sources hold the same fact, and do not say the same of it. The value of the one that the source file lets "
        "win is submitted; this row is not.",
        "Ask the site which value is right. Where only the units differ, compare the standard result under `yields_to` "
        "in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA060",
        "error",
        "Several rows where one a subject is read",
        "A form that is read by its name must have one row a subject; which of several counts is not known.",
        "Read it by `first`, `last`, `min`, `max`, `any` or `count` in sdtm/*.yaml, or narrow its rows by `where`.",
    ),
    CatalogueEntry(
        "DATA061",
        "error",
        "Several rows for a look-up",
        "More than one row of the form agrees with the record in the columns of `by`; which one counts is not known.",
        "Add a column to `by` in sdtm/*.yaml that tells them apart, or narrow the form's rows by `where` (those of all "
        "sources count: an addition must not repeat the list).",
    ),
    CatalogueEntry(
        "DATA070",
        "error",
        "Text outside the encoding",
        "A character does not exist in the encoding of the output files. It is never replaced by another one: the text "
        "is left out. A record whose topic it is (its test, drug, event) is rejected.",
        "Recode the text by a map (maps/*.csv; in sources/*.yaml with `otherwise: keep`), or declare a wider "
        "`encoding` in study.yaml.",
    ),
    CatalogueEntry(
        "DATA071",
        "error",
        "Text over 200 bytes",
        "A transport file of version 5 holds 200 bytes a value. Longer text is divided between words over its variable "
        "and supplemental qualifiers; this one has no blank where it could be, or its variable is not divided. Text is "
        "never cut but left out. A record whose topic it is (its test, drug, event) is rejected.",
        "Shorten the text by a map (maps/*.csv).",
    ),
    CatalogueEntry(
        "DATA072",
        "error",
        "Number beyond the range",
        "The number is infinite, or larger than a transport file's IBM number can be (7.2e75).",
        "Ask for the right value, or list the text under `missing` of its column in sources/*.yaml.",
    ),
    CatalogueEntry(
        "DATA073",
        "error",
        "Text that identifies a person",
        "The cell holds what an identifier column of the study holds, or a text of the shape of an identity number, a "
        "mobile number or an e-mail address. It was left out before anything else saw it; its value is shown nowhere.",
        "Ask the site for the text without it. A whole column of them belongs under `identifiers` in sources/*.yaml; a "
        "word of the data that is also a name goes under `personal: {not_names: [...]}` in study.yaml.",
    ),
)

CONDITIONS = (
    CatalogueEntry(
        "DATA080",
        "note",
        "Condition that never held",
        "A `when` of the spec held for no row of this run: the data may lack the case, or the condition a letter.",
        "Compare the value in the condition with the values in the data; leave the line where the case may still come.",
    ),
)

ACCEPTED = (
    CatalogueEntry(
        "ACC001",
        "warning",
        "Acceptance that explains nothing",
        "No issue of this run is what the line of accepted.csv speaks of. Explanations must not outlive their cause.",
        "Remove the line from accepted.csv, or correct its code, dataset, variable, value or source.",
    ),
)
