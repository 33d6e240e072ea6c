"""Real processes that whole-system tests start: store nodes, a web server. Their fixtures are in the root conftest."""
