"""The common record: a stream's reading that says what the one before it said, taken in at the cost of a few stores."""
