"""Transport files of one table, written and read by several tools."""
