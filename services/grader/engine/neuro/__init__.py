"""Neurotoxicity: the ICANS grade, examinations, reasons."""
