"""The specification in Python (docs/spec): bytes and numbers go in, judgments come out; no disk, clock, network or chance."""
