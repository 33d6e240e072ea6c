"""The node's face: Raft for its peers, SeatStore for clients, Cluster for operators, health, reflection, metrics."""
