"""Chain of custody for ballot boxes: a ledger of signed statements that anyone can check."""

__version__ = "0.1.0"
