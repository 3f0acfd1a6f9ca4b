# Register, log in, account.
