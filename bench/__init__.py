"""Measurements, in one run on one machine: the laboratory job and the transport files."""
