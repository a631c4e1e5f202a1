"""The second room: which customer an address belongs to."""
