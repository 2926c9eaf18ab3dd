"""What names what: the names by which a story asks for files and other things, and what these names mean."""

from comfyvn.domain.mentions.catalogue import Catalogue
from comfyvn.domain.mentions.finding import mentions
from comfyvn.domain.mentions.naming import Key, Link, Mention, Named, Word, place_of

__all__ = ["Catalogue", "Key", "Link", "Mention", "Named", "Word", "mentions", "place_of"]
