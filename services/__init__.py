"""The services of crswatch; they meet only in Kafka."""
