"""The store: rows and bytes of one ledger on disk. It never reads a statement (design chapter 3, "store")."""
