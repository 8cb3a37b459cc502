"""How fast the same job is done by this project and by what people would use instead."""
