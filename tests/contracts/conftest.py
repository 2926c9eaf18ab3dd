from tests.contracts.stores import desk, store, store_url

__all__ = ["desk", "store", "store_url"]
