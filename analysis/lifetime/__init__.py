"""How long a written state lasts: waits, escape rates, and their activation by temperature."""
