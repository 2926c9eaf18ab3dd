"""What an import makes of an export of ours that nobody edited: what an edited one is compared with."""

from contextlib import ExitStack
from hashlib import sha256

from comfyvn.application.echoes import Echo
from comfyvn.application.exports import StoryView
from comfyvn.domain.matching import Spot
from comfyvn.infrastructure.exports.renpy import layout, translations
from comfyvn.infrastructure.exports.renpy.composition import compose
from comfyvn.infrastructure.exports.renpy.naming import names_of
from comfyvn.infrastructure.imports.containers.container import Budget
from comfyvn.infrastructure.imports.containers.memory import Memory
from comfyvn.infrastructure.imports.renpy import reader
from comfyvn.infrastructure.imports.renpy.game import ARCHIVES, COMPILED, SCRIPTS, Game

_READ = (*SCRIPTS, *COMPILED, *ARCHIVES)


def echo(story: StoryView) -> Echo:
    """Return what an import makes of the export of a story, and what the names in it stand for.

    Raises what `compose` raises.
    """
    project = compose(story)
    texts = {p.removeprefix(layout.GAME): c for p, c in project.texts.items() if p.startswith(layout.GAME)}
    sizes = {asset.path: asset.bytes for asset in story.assets.values() if not asset.path.endswith(_READ)}
    game = Game(Memory(texts, sizes), "", story.name, ExitStack(), Budget())
    names = names_of(story)
    translations.keep_identifiers(story, names)
    groups = {layout.file_of(scene.group): scene.group for _, scene in sorted(story.scenes.items(), reverse=True)}
    return Echo(
        pack=reader.pack_of(game),
        hashes={name: sha256(content).hexdigest() for name, content in texts.items()},
        scenes={label: scene_id for scene_id, label in names.labels.items()},
        lines={identifier: Spot(*place) for place, identifier in names.lines.items()},
        characters={written: i for i, written in names.speakers.items()},
        variables={written: i for i, written in names.variables.items()},
        groups=groups,
    )
