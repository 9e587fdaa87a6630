"""Earlier forms of stored state, and how each becomes the next. Pure."""
