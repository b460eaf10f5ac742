"""The bench window: a client of the station that starts, shows, stops and finds runs.

It opens no instrument and runs no protocol; what it shows comes from the station and the store.
"""
