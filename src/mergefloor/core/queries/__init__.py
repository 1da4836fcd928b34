"""What people ask in production: windows of a log, how they differ, and what the golden set has near them."""
