"""The guarded room at the terminal: the blind count, the handover of a shift, visits, rounds, plenaries and the duty book."""
