"""Two people at a table: the scan run, its screens, the page read before signing."""
