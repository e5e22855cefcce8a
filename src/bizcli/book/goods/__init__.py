"""The stock room and purchasing: what is low, what to buy, what may be promised, what suppliers ask."""
