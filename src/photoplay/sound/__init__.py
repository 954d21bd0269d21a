"""Sound: values to 48 kHz stereo."""
