"""Words that depend on what stands beside them, as the notebook imports them."""

from labkit.words import with_article

__all__ = ["with_article"]
