"""The 784-128-10 network of domain-wall neurons on conductance levels."""
