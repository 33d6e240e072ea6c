"""Is every paid order a ticket or its money back, whatever happens in whatever order? Random schedules of trouble.

One schedule is a few customers, a worker, a gateway and a store in one process, on virtual time, drawn from a seed: the
same seed is the same schedule, step by step. The site's code, its database and the sandbox gateway are the real ones;
the store is the real state machine behind the real door, without the network between. See `schedule` for what happens,
`trouble` for what goes wrong, and `verdict` for what must be true in the end. `script/schedules --seeds 500` runs them.
"""
