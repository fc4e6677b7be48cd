"""Papers and files that go out or come in: labels, deeds, receipts, trust files."""
