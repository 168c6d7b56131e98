"""What is over its time: how long what is kept, the lists that wait for a yes, what has to stay."""
