"""SPEC001-SPEC299: wrong specs. Every problem at once with file and line; nothing is written (exit code 2)."""

from __future__ import annotations

from .catalogue_entry import CatalogueEntry

SPEC = tuple(
    CatalogueEntry(f"SPEC{number}", "error", title, explanation, remedy)
    for number, title, explanation, remedy in (
        (
            "001",
            "Not YAML",
            "The file breaks YAML's own rules, often an indentation, an open bracket or an unquoted colon.",
            "Correct the line named, or the one before it; text with ': ' or '#' in it needs quotes.",
        ),
        (
            "002",
            "File that cannot be read",
            "A file of the spec is not there, is not UTF-8, is far too large, or lies outside the study's folder.",
            "Put the file where study.yaml names it, saved as UTF-8.",
        ),
        (
            "003",
            "Key written twice",
            "YAML would keep the last of two equal keys without a word.",
            "Remove one of the two lines.",
        ),
        (
            "004",
            "Anchors and tags",
            "Anchors, aliases and tags make a value stand elsewhere than it is written, or give it a type behind "
            "its back.",
            "Write the value out; quotes make a text of anything.",
        ),
        (
            "005",
            "Empty file",
            "The file holds no line but comments.",
            "Write the file, or remove it.",
        ),
        (
            "006",
            "Not 'key: value' lines",
            "A file of the spec is a mapping, and its keys are plain words.",
            "Begin the file with its first key, such as 'dataset: LB'.",
        ),
        (
            "007",
            "Nested too deeply",
            "No spec needs this many levels.",
            "Look for brackets that are never closed.",
        ),
        (
            "100",
            "Unknown key",
            "Nothing in this place is called so; a misspelt key would otherwise be passed over.",
            "Correct the key in the file and line named.",
        ),
        (
            "101",
            "Missing key",
            "Something that cannot be guessed is not said.",
            "Add the key in the file and line named.",
        ),
        (
            "102",
            "Wrong value",
            "The value is not of the kind that its place takes: a text, a list, yes or no, a number, one of some "
            "words.",
            "Correct the value in the file and line named.",
        ),
        (
            "103",
            "Two algorithms in one line",
            "A line has one algorithm and its parameters.",
            "Write a list of lines: the first that applies and gives a value wins.",
        ),
        (
            "104",
            "No algorithm",
            "The line names no word that the registry knows.",
            "Correct the word; `cdisc-itp spec schema` lists them for editors.",
        ),
        (
            "105",
            "Unknown parameter",
            "The algorithm has no parameter of this name.",
            "Correct or remove it in the file and line named.",
        ),
        (
            "106",
            "Parameters that contradict each other",
            "What the line says cannot all be true, or has no meaning in its place.",
            "Remove one of them, or change the column's kind in forms.yaml.",
        ),
        (
            "107",
            "Parameter missing beside another",
            "A parameter is required, or means something only together with another one.",
            "Add the parameter in the file and line named.",
        ),
        (
            "108",
            "Word of another place",
            "Some words read raw columns (sources/*.yaml), others need records of a dataset (sdtm/*.yaml).",
            "Use `column` and its like in sources/*.yaml, the others in sdtm/*.yaml.",
        ),
        (
            "109",
            "Values of another kind",
            "The word reads dates, times or numbers, and the name means something else.",
            "Declare the column's kind in forms.yaml, or read another name.",
        ),
        (
            "110",
            "Unknown name",
            "No form column (lower case) or variable (upper case) of this name is made here.",
            "Correct the name, or declare it in forms.yaml or sdtm/*.yaml.",
        ),
        (
            "111",
            "Unknown form, dataset or table",
            "The name is that of no form, dataset or raw table of the study.",
            "Correct the name, or declare it in forms.yaml, sdtm/*.yaml or under `tables`.",
        ),
        (
            "112",
            "Unknown dataset",
            "The implementation guide has no such dataset, and the study does not define it.",
            "Correct the name; a sponsor-defined domain says class and label in its file.",
        ),
        (
            "113",
            "Table that is not there",
            "The line reads a table of maps/, or the visit schedule, and there is none.",
            "Add the CSV file to maps/, or name the schedule in study.yaml.",
        ),
        (
            "114",
            "Column that the table lacks",
            "The line reads a column of a table that does not have it.",
            "Add the column to the CSV file, or correct `to`.",
        ),
        (
            "115",
            "Table or codelist that nobody reads",
            "What is not read has no effect, which its author did not mean.",
            "Remove it, or name it in the line that should read it.",
        ),
        (
            "116",
            "Form or form column that nobody reads",
            "What was collected there would end nowhere.",
            "Read it in sdtm/*.yaml, or say why not under `not_submitted` of the form or, for a column, of its source.",
        ),
        (
            "117",
            "Unknown date format",
            "The form is not made of the parts that are known; letters beside them could be meant as parts.",
            "Write it as the dates are written: dd/MM/yyyy, d MMM yyyy, yyyy年M月d日, excel_serial.",
        ),
        (
            "118",
            "Wrong table",
            "A CSV file of the spec has rows that do not fit its header, that say one thing twice, or that hold "
            "what cannot be used.",
            "Correct the row of the CSV file.",
        ),
        (
            "119",
            "Described twice",
            "Two files describe the same source or dataset.",
            "Rename or remove one of the files.",
        ),
        (
            "120",
            "Circle",
            "Variables, or columns of a form, read each other in a circle, so that none can be made first.",
            "Read the collected column instead in one of the lines.",
        ),
        (
            "121",
            "Code that cannot be accepted",
            "A line of accepted.csv names a code that no issue of a run can have: it would explain nothing, ever.",
            "Correct the code in accepted.csv; `cdisc-itp issues` lists those of a run.",
        ),
        (
            "130",
            "Name in the wrong case",
            "Lower case names are form columns, upper case names variables: a name must be one of the two.",
            "Rename the form or column in forms.yaml, with lower case letters, digits and _.",
        ),
        (
            "131",
            "Contradicts the guide",
            "The implementation guide says the label or codelist of its variables.",
            "Leave it out; a variable of the study's own goes under `supplemental`.",
        ),
        (
            "132",
            "Variable that the guide lacks",
            "The guide has no such variable for the dataset, and its class could not have it.",
            "Correct the name, or move the variable to `supplemental`.",
        ),
        (
            "133",
            "Required variable not made",
            "The guide requires the variable and no line makes it.",
            "Add a line for the variable in the dataset's file.",
        ),
        (
            "134",
            "Wrong supplemental variable",
            "QNAM is 1 to 8 of A-Z, 0-9 and _, QLABEL at most 40 characters, and a variable of the guide is no "
            "qualifier.",
            "Rename or shorten it, or move it to `variables`.",
        ),
        (
            "140",
            "No term of the codelist",
            "A term that is written in the spec is not in the codelist of the variable.",
            "Correct the term (in the line or in the CSV file), or declare it under `codelists` in study.yaml.",
        ),
        (
            "141",
            "Unknown codelist",
            "Neither the release nor the study has a codelist of this name.",
            "Correct the name, or declare the codelist in study.yaml.",
        ),
        (
            "142",
            "Codelist that cannot be declared",
            "A codelist that is not extensible takes no further terms, and one that is published is not declared "
            "again.",
            "Recode to published terms by a map, or choose another name in study.yaml.",
        ),
        (
            "150",
            "Ordered comparison of text",
            "Only numbers have an order that a where clause can use; text would be compared sign by sign.",
            "Compare a numeric variable or a form column of kind number.",
        ),
        (
            "151",
            "Wrong condition",
            "A condition is {NAME: value}, {NAME: [values]} or {NAME: {comparator: value}}.",
            "Correct the condition in the file and line named.",
        ),
        (
            "152",
            "Number compared with text",
            "The name means a number and the value is none.",
            "Write a plain decimal number.",
        ),
        (
            "153",
            "Condition that never holds",
            "The value is no term of a codelist that takes no others, so that no record can have it.",
            "Correct the value.",
        ),
        (
            "160",
            "Release that is not there",
            "The study pins a version of the guide or of terminology that the package does not carry.",
            "Pin another one in study.yaml, or import the release: `cdisc-itp ct import`.",
        ),
        (
            "210",
            "Raw column that is not in the file",
            "The source file reads or mentions a raw column that the export does not have.",
            "Correct the name in sources/*.yaml, or ask for an export with the column.",
        ),
        (
            "211",
            "Raw column in no place",
            "Every raw column is read, is an identifier, or is said to go nowhere and why.",
            "Read it in sources/*.yaml, or list it under `not_submitted` with the reason.",
        ),
        (
            "212",
            "Raw table in no place",
            "The source file declares a table that no form reads.",
            "Read it in a form, or give its `not_submitted` reason in sources/*.yaml.",
        ),
        (
            "213",
            "Columns that unpivot does not find or know",
            "No column of the export has the pattern, or one has its form with a value that is not listed.",
            "Correct `unpivot` in sources/*.yaml: its pattern, `values`, or `unmatched: ignore`.",
        ),
        (
            "214",
            "Wrong unpivot",
            "A {name} of unpivot, or the $name that reads it, means nothing.",
            "Correct the pattern, `with` or `keep_if` in sources/*.yaml.",
        ),
    )
)
