"""What we sell: categories, products, tax, delivery, and every price."""
