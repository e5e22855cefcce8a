"""Sheets of other programs in and out: what their cells and columns mean, and taking an import back."""
