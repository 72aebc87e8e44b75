"""What can go wrong with the embedded servers, in a sentence for the developer."""


class ServerError(Exception):
    """An embedded server could not be started; str() says why and what to do."""
