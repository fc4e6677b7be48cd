"""Words, dates and clean text for the screen and for paper: codes and facts become sentences here (no spec chapter)."""
