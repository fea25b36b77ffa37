"""What becomes of the supports that a manufacturer's file describes? No account is involved."""
