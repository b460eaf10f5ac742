"""Commands about sequences, their wafers, and the page that watches a station."""
