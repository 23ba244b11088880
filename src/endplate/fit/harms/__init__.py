"""Unwanted effects that trials and labels counted, fitted together."""

from endplate.fit.harms.counts import is_harm as is_harm
