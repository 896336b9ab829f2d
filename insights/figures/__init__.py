"""What is counted over requests: pure questions to querysets, each with the rows it counted."""
