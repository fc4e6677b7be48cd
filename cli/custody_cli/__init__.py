"""The command line `custody`: parse, call, show; one file a command group."""
