"""What each source of a study sent, and how the sources differ: everything is shown, nothing is converted.

`survey.survey_study(folder, raw)` gives the document that `writers.sites_json` and `writers.sites_html` write.
"""
