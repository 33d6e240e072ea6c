"""What do people see in a browser when they pay, cancel, or come back from their bank?"""
