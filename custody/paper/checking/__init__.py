"""Is this file what the ledger draws? The file, its pages, the office's signature."""
