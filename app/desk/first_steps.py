"""What a new installation still has to be told before it can face a customer."""

from app.core.business import Business


def steps_left(business: Business) -> list[str]:
    """In words, in the order in which they are worth doing."""
    steps = {
        "Give the business its name": business.name != Business().name,
        "Say how customers reach you": bool(business.phone and business.email),
        "Fill in the address": bool(business.address),
        "Fill in the VAT number": bool(business.tax_id),
        "Fill in the bank account for transfers": bool(business.bank_account),
    }
    return [words for words, is_done in steps.items() if not is_done]
