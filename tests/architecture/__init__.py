"""What a machine can hold up of the architecture and the habits."""
