"""The third room: one lane a customer, who owns the conversation, and what must not be said."""
