"""The web process: webhooks, web chat, the desk's pages and the signs of life."""
