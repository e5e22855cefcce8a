"""Imports: what sheets have brought into the book; `bizcli import` makes them, and takes them back."""

only_read = True
