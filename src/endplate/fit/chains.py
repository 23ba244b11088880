"""Room for chains to run side by side: JAX must know before it first computes."""

CHAINS = 4


def make_room() -> None:
    """Give each chain a processor of its own in JAX's eyes; without effect once JAX has computed.

    Stepped together in one program, each chain would wait for the longest path of all.
    """
    from numpyro import set_host_device_count

    set_host_device_count(CHAINS)
