"""What several doors need and no door owns: text limits, settings, one vendor's ground."""
