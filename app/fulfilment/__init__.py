"""From the shelf to the customer's door, and sometimes back."""
