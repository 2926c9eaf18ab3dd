"""Names that a script must not take for its own variables, characters and labels.

Words of the script language, keywords and built-in names of Python, names of the engine's store (8.0.3) and labels that
the engine jumps to by itself.
"""

from typing import Final

RESERVED: Final = frozenset(
    """
ADVCharacter ADVSpeaker Action AddToSet Alpha AlphaBlend AlphaDissolve AlphaMask AnimatedValue Animation
ArithmeticError AssertionError At Attribute AttributeError AudioData AudioPositionValue Bar BarValue
BaseException BaseExceptionGroup BlockingIOError Borders BrightnessMatrix BrokenPipeError BufferError Button
BytesWarning Call CaptureFocus Character ChildProcessError ClearFocus Color ColorMatrix ColorizeMatrix
ComposeTransition Composite Condition ConditionGroup ConditionSwitch Confirm ConnectionAbortedError
ConnectionError ConnectionRefusedError ConnectionResetError ContrastMatrix Crop CropMove DeprecationWarning
DictEquality DictInputValue DictValue DisableAllInputValues Dissolve Drag DragGroup DynamicCharacter
DynamicDisplayable DynamicImage EOFError Ellipsis EncodingWarning EndReplay EnvironmentError Exception
ExceptionGroup FactorZoom Fade False FieldEquality FieldInputValue FieldValue FileAction FileCurrentPage
FileCurrentScreenshot FileDelete FileExistsError FileJson FileLoad FileLoadable FileNewest FileNotFoundError
FilePage FilePageName FilePageNameInputValue FilePageNext FilePagePrevious FileSave FileSaveName FileScreenshot
FileSlotName FileTakeScreenshot FileTime FileUsedSlots Fixed Flatten FloatingPointError FontGroup Frame Function
FutureWarning Gallery GamepadCalibrate GamepadExists GeneratorExit GetCharacterVolume GetFocusRect GetTooltip
Grid HBox Help Hide HideInterface HueMatrix IOError IdentityMatrix If Image ImageButton ImageDissolve
ImageReference ImportError ImportWarning IndentationError IndexError Input InputValue InterruptedError
InvertMatrix InvertSelected IsADirectoryError Jump KeyError KeyboardInterrupt Language LayeredImage
LayeredImageProxy Live2D LiveComposite LiveCrop LiveTile LookupError MainMenu Matrix MemoryError MixerValue
Model ModuleNotFoundError Motion MouseDisplayable MouseMove Move MoveFactory MoveIn MoveOut MoveTransition Movie
MultiPersistent MultipleTransition MusicRoom NVLCharacter NVLSpeaker NameError NoRollback None
NotADirectoryError NotImplemented NotImplementedError Notify Null NullAction OSError OffsetMatrix
OldMoveTransition OpacityMatrix OpenDirectory OpenURL OverflowError PY2 Pan ParameterizedText Particles Pause
PauseAudio PendingDeprecationWarning PermissionError Pixellate Placeholder Play PlayCharacterVoice Position
Preference ProcessLookupError PushMove Queue QueueEvent QuickLoad QuickSave Quit RecursionError ReferenceError
RemoveFromSet Replay ResourceWarning RestartStatement Return Revolve RevolveInOut RollForward Rollback
RollbackToIdentifier RotateMatrix RotoZoom RoundRect RuntimeError RuntimeWarning SaturationMatrix ScaleMatrix
ScreenVariableInputValue ScreenVariableValue Screenshot Scroll SelectedIf SensitiveIf SepiaMatrix Set
SetCharacterVolume SetDict SetField SetLocalVariable SetMixer SetMute SetScreenVariable SetVariable SetVoiceMute
Show ShowMenu ShowTransient ShowingSwitch SideImage SizeZoom Skip SlottedNoRollback SnowBlossom Solid Speaker
SplineMotion Sprite SpriteManager Start StaticValue Stop StopAsyncIteration StopIteration Style StylePreference
SubTransition Swing SyntaxError SyntaxWarning SystemError SystemExit TabError Text TextButton Tile TimeoutError
TintMatrix ToggleDict ToggleField ToggleFocus ToggleLocalVariable ToggleMute ToggleScreen ToggleScreenVariable
ToggleSetMembership ToggleVariable ToggleVoiceMute Tooltip Transform TransformMatrix True TypeError
UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning
UserWarning VBox ValueError VariableInputValue VariableValue Viewport VoiceInfo VoiceReplay Warning Window With
XScrollValue YScrollValue ZeroDivisionError Zoom ZoomInOut abs absolute absolute_import achievement adv
adv_narrator after_load after_warp aiter all alt and anext anim any as ascii assert async at audio await
basestring bchr before_main_menu behind bin blinds bool bord break breakpoint build bytearray bytes call
callable camera center centered character chr class classmethod color compile complex config continue copyright
credits def default default_transition define del delattr delayed_blink dict dir director dissolve division
divmod ease easeinbottom easeinleft easeinright easeintop easeoutbottom easeoutleft easeoutright easeouttop elif
else enumerate eval except exec exit expression extend fade filter finally float for format from frozenset
getattr global globals gui hasattr hash help hex hide hpunch hyperlink_function hyperlink_sensitive
hyperlink_styler iap icon id if im image import in init input int irisin irisout is isinstance issubclass iter
jump label lambda layeredimage layout left len library license list locals main_menu map max memoryview menu min
mouse_visible move moveinbottom moveinleft moveinright moveintop moveoutbottom moveoutleft moveoutright
moveouttop name_only narrator next nointeract nonlocal not notify_appear nvl nvl_clear nvl_clear_next nvl_erase
nvl_hide nvl_list nvl_menu nvl_narrator nvl_show nvl_show_core nvl_variant nvl_window object oct offscreenleft
offscreenright onlayer open or ord os pass pause persistent pixellate play pow predict_menu predict_say
preferences print print_function property pushdown pushleft pushright pushup pygame_sdl2 pystr python
python_dict python_list python_object python_set queue quit r raise range raw_input renpy repr reset return
reversed right round save_name say scene screen set setattr show slice slideawaydown slideawayleft
slideawayright slideawayup slidedown slideleft slideright slideup small sorted splashscreen squares start
staticmethod stop store str style sum super suppress_overlay sv swing sys testcase theme tobytes toggle_skipping
top topleft topright touch transform translate truecenter try tuple type u ui unicode unicode_literals updater
ur vars vcentered voice voice_can_replay voice_replay voice_sustain vpunch while window wipedown wipeleft
wiperight wipeup with with_statement xrange yield zip zoomin zoominout zoomout zorder
""".split()
)
