"""Rows in, text out. A renderer knows no layer: it sees names, numbers and settings."""
