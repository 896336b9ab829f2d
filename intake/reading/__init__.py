"""What the pages of a request show, worked out once for every page: words, tones and dates."""
