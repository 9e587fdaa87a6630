"""A page as a signed HTTP request, after the Standard Webhooks specification."""
