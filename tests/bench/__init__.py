"""The numbers the system is meant to reach, measured as ratios in one run: `make bench`. Nothing here is a test; nothing has a deadline."""
