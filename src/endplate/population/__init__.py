"""Virtual people: random effects, what they show before treatment, and immunity.

Everything a subject is belongs to the seed and the subject's number alone. Subjects are the last
axis of every array.
"""

import endplate.model  # noqa: F401  float64 before the first array
