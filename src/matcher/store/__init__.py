"""SQLAlchemy tables and the queries over them; the database holds the truth."""
