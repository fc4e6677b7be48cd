"""Paper: labels and reports as pure functions of facts; the same facts give the same bytes (spec chapters 12 and 13)."""
