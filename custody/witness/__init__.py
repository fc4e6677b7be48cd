"""A witness of ledgers: remembers the head it saw last and cosigns only what continues it (docs/spec/26-witnesses.md)."""
