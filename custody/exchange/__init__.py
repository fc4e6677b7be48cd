"""The same ledger for other people's systems: EPCIS 2.0, NIST SP 1500-101, tables and JSON Lines (spec chapter 28)."""
