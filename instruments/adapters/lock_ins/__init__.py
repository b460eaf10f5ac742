"""Adapters of lock-in amplifiers as resistance meters, and what they share."""
