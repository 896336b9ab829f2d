"""What pages of looking back show."""
