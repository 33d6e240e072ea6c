"""What is taken, as it changes: to browsers over sockets, to programs from memory."""
