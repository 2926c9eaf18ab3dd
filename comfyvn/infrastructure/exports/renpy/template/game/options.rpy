## Options of the game: its name, its version, and how the engine behaves.

define config.name = _(@NAME@)
define gui.show_name = True
define config.version = "1.0"
define gui.about = ""

## The name of built files and of the folder of saved games.

define build.name = "@BUILD@"
define config.save_directory = "@BUILD@-comfyvn"

## Sound.

define config.has_sound = True
define config.has_music = True
define config.has_voice = True

## Transitions of menus, and of the window of dialogue.

define config.enter_transition = dissolve
define config.exit_transition = dissolve
define config.intra_transition = dissolve
define config.after_load_transition = None
define config.end_game_transition = None
define config.window = "auto"
define config.window_show_transition = Dissolve(.2)
define config.window_hide_transition = Dissolve(.2)

## What a new player starts with: characters a second (0: all at once), seconds a line in automatic mode.

default preferences.text_cps = 0
default preferences.afm_time = 15

define config.window_icon = "gui/window_icon.png"

init python:
    build.classify("**~", None)
    build.classify("**.bak", None)
    build.classify("**/.**", None)
    build.classify("**/#**", None)
    build.classify("**/thumbs.db", None)
    build.documentation("*.html")
    build.documentation("*.txt")
