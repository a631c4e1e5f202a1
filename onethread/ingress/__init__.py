"""The first room: what a platform sent is verified, read, masked and kept, and nothing else happens."""
