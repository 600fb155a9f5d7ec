"""Define-XML 2.1, one family of elements a file."""
