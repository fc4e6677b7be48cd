"""What papers are written on: a sheet that gives the same bytes everywhere, fonts, codes, structure."""
