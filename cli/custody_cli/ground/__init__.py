"""What every command stands on: options, settings, screen, questions, exit codes."""
