"""Reading an old queue: a CSV file of whatever origin becomes requests, or reasons why not."""
