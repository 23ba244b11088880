"""One person's own response, learned from what came of the earlier treatments."""

from endplate.personalise.personalise import personalise as personalise
