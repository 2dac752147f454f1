"""The store in a MongoDB database, and all that knows MongoDB."""
