"""What do people see in a browser? Pages of the catalogue, of orders and of tickets; each makes one domain call."""
