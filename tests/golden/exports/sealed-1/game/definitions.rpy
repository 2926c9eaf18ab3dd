default luck = 3
