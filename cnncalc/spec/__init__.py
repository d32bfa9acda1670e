"""From text to a spec: the language that networks are written in."""
