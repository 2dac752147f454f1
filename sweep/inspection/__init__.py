"""Looks inside: one training replayed and shown, a store verified, a sample of its trainings computed again."""
