"""Derived files of assets on this machine."""
