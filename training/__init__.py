"""Scripts that build the two learned files shipped inside the package; never imported by the service."""
