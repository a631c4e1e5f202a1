"""What Rasa has done outside itself: thin actions that read and answer, and ask the house by directives."""
