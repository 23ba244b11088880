"""Unwanted effects that trials and labels counted: fitted together, predicted for any trial."""

from endplate.fit.harms.counts import is_harm as is_harm
from endplate.fit.harms.rows import HarmRow as HarmRow
from endplate.fit.harms.rows import harm_rows as harm_rows
