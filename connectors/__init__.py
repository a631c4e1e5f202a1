"""The doors: one folder per platform, each the same files, none knowing the house."""
