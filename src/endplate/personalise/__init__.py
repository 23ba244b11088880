"""One person's own response, learned from what came of the earlier treatments."""

from endplate.personalise.personalise import personalise as personalise
from endplate.personalise.personalise import response_over_cycles as response_over_cycles
