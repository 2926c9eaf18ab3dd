import { type ReactNode, useMemo, useRef, useState } from "react";
import type { Moment } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Split } from "@/components/Split";
import { toast, toastError } from "@/components/toasts";
import { type Command, useCommands } from "@/shell/commands";
import css from "./map.module.css";
import { mapText } from "./messages";
import type { Item } from "./model";
import { Outline } from "./Outline";
import { arrange, keepPlaces } from "./queries";
import type { Graph } from "./surface/graph";
import { type MapHandle, Surface } from "./surface/Surface";

const SHELF = "comfyvn.map.outline";

type Props = {
  moment: Moment;
  /** The scene whose map it is; null for that of the project. */
  scene: string | null;
  title: ReactNode;
  label: string;
  graph: Graph;
  tree: readonly Item[];
  chosen: string | null;
  routes: { shown: boolean; toggle: () => void; told: string };
  /** Buttons that make something. */
  tools: ReactNode;
  commands: readonly Command[];
  inspector: ReactNode;
  onChoose: (id: string | null) => void;
  onOpen: (id: string) => void;
  onConnect: (from: string, to: string) => void;
  onDelete: (id: string) => void;
  onLeave?: () => void;
  /** Which nodes may be moved. */
  movable?: (id: string) => boolean;
};

/** A map with what stands around it: bar, outline and inspector. */
export function Frame(props: Props) {
  const { moment, scene, graph, chosen, routes, commands, onChoose } = props;
  const t = mapText();
  const past = moment.at !== undefined;
  const surface = useRef<MapHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<ReadonlySet<string> | null>(null);
  const [outlined, setOutlined] = useState(() => localStorage.getItem(SHELF) !== "no");

  const all = useMemo<readonly Command[]>(() => {
    const group = t("title");
    const local = { group, local: true };
    return [
      ...commands,
      {
        id: "map.search",
        title: t("search"),
        keys: "/",
        icon: "search",
        group,
        run: () => {
          setOutlined(true);
          setTimeout(() => search.current?.focus());
        },
      },
      { id: "map.walk", title: t("walk"), keys: "ArrowDown", ...local },
      { id: "map.nudge", title: t("nudge"), keys: "Alt+ArrowDown", ...local },
      { id: "map.open", title: t("open"), keys: "Enter", ...local },
      { id: "map.connect", title: t("connect"), keys: "C", ...local },
      { id: "map.in", title: t("zoomIn"), keys: "+", ...local },
      { id: "map.out", title: t("zoomOut"), keys: "-", ...local },
      { id: "map.fit", title: t("fit"), keys: "0", ...local },
    ];
  }, [commands, t]);
  useCommands(all);

  function choose(id: string): void {
    onChoose(id);
    surface.current?.show(id);
  }

  async function place(id: string, x: number, y: number): Promise<void> {
    if (props.movable && !props.movable(id)) return;
    try {
      await keepPlaces(moment, scene, { [id]: { x, y } });
    } catch (error) {
      toastError(error);
    }
  }

  async function tidy(): Promise<void> {
    try {
      await arrange(moment, scene);
      toast(t("tidied"), "good");
    } catch (error) {
      toastError(error);
    }
  }

  const map = (
    <Surface
      ref={surface}
      key={`${moment.project} ${scene}`}
      name={`${moment.project}.${scene ?? ""}`}
      label={props.label}
      graph={graph}
      chosen={chosen}
      found={found}
      readOnly={past}
      onChoose={onChoose}
      onOpen={props.onOpen}
      onPlace={(id, x, y) => void place(id, x, y)}
      onConnect={props.onConnect}
      onDelete={props.onDelete}
      {...(props.onLeave && { onLeave: props.onLeave })}
    >
      {props.inspector}
    </Surface>
  );
  return (
    <div className={css.frame}>
      <header className={css.bar}>
        <IconButton
          icon="rail"
          label={t("outlineToggle")}
          aria-pressed={outlined}
          onClick={() => {
            localStorage.setItem(SHELF, outlined ? "no" : "yes");
            setOutlined(!outlined);
          }}
        />
        {props.title}
        {!past && props.tools}
        <span className={css.space} />
        {routes.shown && (
          <small className={css.told} role="status">
            {routes.told}
          </small>
        )}
        <Button
          small
          icon="branch"
          aria-pressed={routes.shown}
          look={routes.shown ? "primary" : "default"}
          title={t("routesHint")}
          onClick={routes.toggle}
        >
          {t("routes")}
        </Button>
        <IconButton small icon="minus" label={t("zoomOut")} onClick={() => surface.current?.zoom(0.8)} />
        <IconButton small icon="plus" label={t("zoomIn")} onClick={() => surface.current?.zoom(1.25)} />
        <IconButton small icon="fit" label={t("fit")} onClick={() => surface.current?.fit()} />
        {!past && <IconButton small icon="map" label={t("tidy")} onClick={() => void tidy()} />}
      </header>
      <div className={css.rest}>
        {outlined ? (
          <Split
            name="map"
            label={t("outlineWidth")}
            width={230}
            side={
              <Outline
                search={search}
                graph={graph}
                tree={props.tree}
                chosen={chosen}
                onChoose={choose}
                onOpen={props.onOpen}
                onFound={setFound}
              />
            }
          >
            {map}
          </Split>
        ) : (
          map
        )}
      </div>
    </div>
  );
}
