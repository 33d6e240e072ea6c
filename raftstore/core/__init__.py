"""The Raft algorithm and nothing else: no clock, I/O, randomness, asyncio or gRPC. Start at raft.py.

Sections cited as §n are of Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm"
(extended version, 2014); "diss." is Ongaro's dissertation, "Consensus: Bridging Theory and Practice" (2014).
"""
