"""The month's payment: build, approve, send, what came back."""
