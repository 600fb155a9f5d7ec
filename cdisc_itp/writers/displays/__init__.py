"""Tables and figures as files: HTML, DOCX, SVG and PNG, and the results as JSON; the same bytes every time."""
