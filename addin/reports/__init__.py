"""One module per report the clerk hands in; actions import it, it imports domain and fields."""
