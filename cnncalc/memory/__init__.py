"""What a network holds in memory: conventions by name, the peak of an inference, what training keeps, what fits."""
