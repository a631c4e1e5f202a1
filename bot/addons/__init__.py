"""What this assistant adds to Rasa: the turn, the runner of the graph, its own components."""
