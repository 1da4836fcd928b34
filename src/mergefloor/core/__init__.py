"""The pure heart: values and decisions, standard library only, no clock, no input or output."""
