"""Intake: foreign input. Bytes to records, typed words to places and boxes, keystrokes to scans (docs/adr/0002-intake-room.md)."""
