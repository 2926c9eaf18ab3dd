define a = Character("Ann", color="#c8ffc8", image="ann")
define bo_the_nick = Character("Bo \"the [nick]\"", image="bo_the_nick")

define LIMIT = 3
default cvn_menu = False
default nick = "Bear"
default persistent.seen = False
default trust = 0

image ann happy = Placeholder()
image ann sad = Placeholder()
image bg room = Placeholder()
image bo_the_nick near = Placeholder()
init python:
    renpy.music.register_channel("weather", "sfx", False)

init python:
    def cvn_draw(*weights):
        left = renpy.random.random() * sum(weights)
        for way, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return way
        return -1

default cvn_way = -1
