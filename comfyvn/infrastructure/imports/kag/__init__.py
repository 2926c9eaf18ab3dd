"""KAG, the script language of KiriKiri, and its dialect TyranoScript."""
