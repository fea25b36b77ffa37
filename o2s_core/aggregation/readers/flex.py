"""Read an Interactive Brokers Flex report: what its XML says, statement by statement."""
