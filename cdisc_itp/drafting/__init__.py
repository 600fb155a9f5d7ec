"""A study's spec drafted from its raw files: guesses that say what they rest on, and what must be decided.

- `draft.init_study(folder, raw, watcher) -> Draft`: reads, drafts, writes; never overwrites.
- `summary.render_summary(draft)`: what was found, what is open, what to do next.
- `reading.read_folder`, `layout`: every file with the options that read it, identifiers dropped at once.
- `domains.guess_domain`, `columns.place_columns`, `wide.find_wide`, `written.options_of`: the guesses.
- `vocabulary.csv`: the words that they know; `terms`: maps; `sources`, `datasets`, `study`: the files' texts.
"""
