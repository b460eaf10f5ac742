"""Virtual supplies of the electromagnet."""
