"""The SMS door, carried by Twilio."""
