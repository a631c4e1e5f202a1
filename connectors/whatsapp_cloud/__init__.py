"""The WhatsApp door, carried by Meta's Cloud API."""
