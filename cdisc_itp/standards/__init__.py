"""The standards as data: SDTMIG and ADaMIG variables, controlled terminology, countries, and look-ups."""
