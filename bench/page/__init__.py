"""The page of a large define.xml in Chromium."""
