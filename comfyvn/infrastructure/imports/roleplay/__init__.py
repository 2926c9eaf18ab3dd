"""Roleplay: chats as plain text, JSON and SillyTavern's lines, character cards, and lorebooks."""
