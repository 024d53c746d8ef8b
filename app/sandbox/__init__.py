"""A card gateway to try things on: it speaks the part of Stripe's protocol that Docket uses, and no money moves.

It is a program of its own and stands apart: it knows nothing of the house, and the house nothing of it.
"""
