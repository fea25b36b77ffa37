"""What the firm itself says of a support: description, notes, documents, absorption."""
