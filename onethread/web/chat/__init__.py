"""The web chat's page, its sessions and its socket."""
