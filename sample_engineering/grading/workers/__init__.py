"""Math-Verify in processes of its own, behind hard limits of time and memory."""
