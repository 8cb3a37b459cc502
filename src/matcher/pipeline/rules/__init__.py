"""A park's own rules and a demand's: saved as versions, and tried before."""
