"""What a deployment needs: pinned artefacts, container image, settings."""
