"""Keeps a rolling window per patient and estimates CRS and ICANS."""
