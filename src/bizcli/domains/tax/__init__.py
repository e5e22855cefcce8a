"""Tax codes, and the tax on lines."""
