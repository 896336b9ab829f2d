"""Reading a text for solution language, by fixed rules; knows no Django."""
