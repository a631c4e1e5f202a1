"""The Telegram door: one bot."""
