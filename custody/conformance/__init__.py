"""Questions to a verifier of others, with the answers that docs/spec asks for (docs/spec/verifier/PROTOCOL.md)."""
