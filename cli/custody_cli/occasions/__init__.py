"""Rare occasions at the table: openings, rulings, closings, practice ledgers."""
