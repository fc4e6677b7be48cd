"""Custody reports: what is told, and how it is laid out."""
