"""An operator with nothing but docs/runbook.md: its own commands, run as they stand there."""
