"""What the web page needs."""
