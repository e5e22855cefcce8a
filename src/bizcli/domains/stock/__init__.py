"""Goods that move without being bought or sold."""
