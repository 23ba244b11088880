"""What the needle does: each site carries its own chance."""


def per_session(share: float, counted_sites: int, sites: int) -> float:
    """Share of people with the effect after a session of other than the counted number of sites.

    Parameters
    ----------
    share : [1], in [0, 1]
        Share counted after a session of `counted_sites` sites.
    counted_sites, sites : int, > 0
        Sites of the counted session and of this one.

    Returns
    -------
    [1], in [0, 1]
        Each site is taken as independent of the others.

    Examples
    --------
    >>> per_session(0.19, 2, 1)
    0.1
    """
    return 1.0 - (1.0 - share) ** (sites / counted_sites)
