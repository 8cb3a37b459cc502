"""The reader: a small transformer taught by multilingual-e5-small and by pairs of the field's own texts."""
