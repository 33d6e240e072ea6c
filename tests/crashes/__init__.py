"""Real processes that are killed between any two steps of a payment or refund: the site and its worker."""
