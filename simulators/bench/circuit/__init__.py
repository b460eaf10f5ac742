"""The circuit between the instruments: device, electromagnet, array, and their common clock."""
