"""Raw tables described from their distinct values: what columns seem to hold, and how it is written.

A profile guesses and says on what; it decides nothing, and never holds a value of an identifier.

- `tables.profile_table(raw) -> TableProfile`: file, rows, columns, duplicates, what the reader detected;
  ``profile["COLUMN"]`` is its `ColumnProfile`, ``profile.with_role("subject")`` the columns that may be that.
- `columns.profile_column(name, column, rows, label, hide) -> ColumnProfile`: kind with evidence, commonest values,
  shapes, ``formats`` (what a source file writes under ``format``), ``ambiguous``, ``number``, missing marks,
  traits, roles, identifiers.
- `dates.find_date_styles(texts, counts)`, `dates.serial_dates`: the spec language's date formats, recognised.
- `numbers.find_numbers(texts, counts)`: decimal mark, digits after it, thousands, limits.
- `identifiers.identifier_like(texts)`, `words.person_word(name)`: direct identifiers by shape and by name.
- `words.header_roles(name)`, `words.header_words(name)`: what a column's name says.
"""
