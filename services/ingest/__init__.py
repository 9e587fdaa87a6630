"""Takes bedside data in over HTTP and writes it to Kafka, or says why not."""
