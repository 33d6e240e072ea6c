"""The loop that drives the core: it owns the Raft, the state machine and everybody who waits for them."""
