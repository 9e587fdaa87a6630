"""The notifier's memory: what was told to it, what it decided, whom it reached. Durable before Kafka hears of it."""
