"""How a command ends when it will not do what was asked."""

WRONG_USE = 2


class Refusal(Exception):
    """Something is wrong that a person can put right; the message is the sentence to show.

    Args:
        sentence: complete, with what to do about it.
        code: the exit code; 2 for wrong use, 1 for a state of the world that forbids it.
    """

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
