"""What can be asked of the site, a file for each matter. Each function is a command; `add_to` names them."""
