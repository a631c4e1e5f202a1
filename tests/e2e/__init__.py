"""The whole house on its real path: signed bytes in, what the platform received out."""
