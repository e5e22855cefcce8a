"""What to buy, what can be promised, where it leaves from: worked out of sums, recorded as other documents.

Nothing here is a kind. Quantities are whole micro numbers of the item's own unit; days are ISO 8601 text or counted.
"""
