"""What we buy, make and sell, and where it lies."""
