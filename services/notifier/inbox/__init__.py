"""The demo inbox: stands in for the pagers of the on-call team. A receiver of its own, sharing only the secret."""
