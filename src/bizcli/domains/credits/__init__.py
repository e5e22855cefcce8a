"""Amounts that are given back: by us to a customer, by a supplier to us."""
