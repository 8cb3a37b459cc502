"""Retriever adapters: FAISS exact search and the lexical channel."""
