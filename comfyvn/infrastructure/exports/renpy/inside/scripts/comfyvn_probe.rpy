# Found by the engine through RENPY_SEARCHPATH; the game's own folder stays as it is.
python early:
    import comfyvn_probe
    comfyvn_probe.register()

label comfyvn_probe_nothing:
    return
