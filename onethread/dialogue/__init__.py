"""The fourth room: what Rasa is given and what its answer means."""
