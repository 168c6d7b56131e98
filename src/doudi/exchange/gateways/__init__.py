"""The outside world of the exchange: departments' databases, brokers of messages."""
