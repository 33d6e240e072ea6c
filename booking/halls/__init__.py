"""Plans of halls: how they are written (text, CSV, SVG), what they mean, and how they become rows of the catalogue."""
