label start:
    "two" id cvn_s_n1
    return
