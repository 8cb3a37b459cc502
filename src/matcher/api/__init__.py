"""The REST service: routes over the use cases, and nothing that decides."""
