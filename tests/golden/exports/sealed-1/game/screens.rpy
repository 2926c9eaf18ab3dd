screen say():
    pass
