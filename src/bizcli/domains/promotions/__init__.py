"""What is taken off prices, by rules: always worked out of the basket as it was at list prices."""
