"""Constants of the event model that micromagnetics gives: a drawn device, and its law."""
