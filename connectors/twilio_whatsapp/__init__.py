"""The WhatsApp door, carried by Twilio."""
