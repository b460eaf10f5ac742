"""Commands about sequences and the page that watches a station."""
