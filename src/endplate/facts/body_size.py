"""How large a muscle is against that of the atlas: by body size in limbs, by sex elsewhere."""

from functools import cache

from endplate.facts.store import table

CM_PER_M = 100.0


@cache
def _sizes() -> dict[tuple[str, str], float]:
    return {(row["muscle"], row["quantity"]): float(row["value"]) for row in table("body_size")}


def volume_ratio(
    muscle: str, sex: str | None, height_cm: float | None, weight_kg: float | None
) -> float:
    """Volume of a person's muscle over that of the atlas, which is of the reference adult.

    Parameters
    ----------
    muscle : str
        Muscle of the atlas.
    sex : str or None
        As the plan says; only `female` and `male` move a size.
    height_cm : [cm]
        None where not stated.
    weight_kg : [kg]
        None where not stated.

    Returns
    -------
    [1], > 0
        1 where nothing is known of the muscle or of the person.

    Notes
    -----
    Leg: V = share (47 height weight + 1285) + offset (Handsfield 2014). Arm: a constant share of
    the arm, which is taken to grow as the leg does. Neck and jaw: by sex alone.

    Examples
    --------
    >>> round(volume_ratio("soleus", None, 171, 71.8), 6)
    1.0
    >>> volume_ratio("detrusor", "female", 160, 55)
    1.0
    """
    sizes = _sizes()
    by_sex = sizes.get((muscle, f"{sex}_ratio"), 1.0)
    if height_cm is None or weight_kg is None:
        return by_sex
    reference = _leg_cm3(sizes["reference_adult", "height"], sizes["reference_adult", "weight"])
    own = _leg_cm3(height_cm / CM_PER_M, weight_kg)
    if (muscle, "leg_share") in sizes:
        share, offset = sizes[muscle, "leg_share"], sizes[muscle, "leg_offset"]
        return (share * own + offset) / (share * reference + offset)
    return own / reference if (muscle, "arm_share") in sizes else by_sex


def _leg_cm3(height_m: float, weight_kg: float) -> float:
    sizes = _sizes()
    slope, offset = sizes["lower_limb", "per_height_weight"], sizes["lower_limb", "offset"]
    return slope * height_m * weight_kg + offset
