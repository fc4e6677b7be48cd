"""The office's ledger: admit, append, receipt, audit, rollback guard (design chapter 3). Imports no other wing."""
