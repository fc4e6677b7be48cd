"""Every reader of bytes, given bytes that nobody meant (docs/threat-model.md, G16)."""
