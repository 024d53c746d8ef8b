"""What customers put aside, and what they asked for."""

from app.orders.models.baskets import Basket, BasketItem
from app.orders.models.beside import OrderNote, SavedView
from app.orders.models.orders import Order, OrderItem, OrderTax

__all__ = ["Basket", "BasketItem", "Order", "OrderItem", "OrderNote", "OrderTax", "SavedView"]
