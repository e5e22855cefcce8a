"""A script that tests run is not a module to look for doctests in."""

collect_ignore = ["faults.py"]
