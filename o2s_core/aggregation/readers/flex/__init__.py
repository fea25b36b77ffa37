"""Interactive Brokers Flex queries."""
