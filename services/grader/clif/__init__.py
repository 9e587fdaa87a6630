"""Reads CLIF tables (Common Longitudinal ICU data Format) as bedside events, for `crswatch replay --format clif`.

Source of the format: the CLIF consortium's data dictionary 2.1. Nothing is guessed: a row that says nothing to grade
by, or that cannot be read, is counted with its reason, never repeated.
"""
