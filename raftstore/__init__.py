"""Ticketsite's replicated seat store: Raft, a seat state machine, gRPC. Knows nothing of Django."""
