"""Label rules applied to a plan: findings with level, figure, source."""

from endplate.safety.check import RULES as RULES
from endplate.safety.check import check as check
from endplate.safety.finding import LEVELS as LEVELS
from endplate.safety.finding import CheckResult as CheckResult
from endplate.safety.finding import Finding as Finding
