"""A run on GitHub: what an event asks for, who may ask, and what is written back."""
