"""cdisc-itp: raw site exports to SDTM and ADaM, XPT and Define-XML, from a study's spec alone."""

__version__ = "0.1.0"
