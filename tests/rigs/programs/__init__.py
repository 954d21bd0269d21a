"""What users of fal's Python client write. It knows the environment, and nothing of ours."""
