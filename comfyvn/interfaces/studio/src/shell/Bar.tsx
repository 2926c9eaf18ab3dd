import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useConnection } from "@/api/connection";
import { projectQuery, projectsQuery } from "@/api/queries";
import { Button, IconButton } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { Menu, type MenuItem } from "@/components/Menu";
import { PastToasts } from "@/components/Toasts";
import { useToasts } from "@/components/toasts";
import { type Command, keysShown, useCommands } from "./commands";
import { NewProject, NewVariant } from "./Founding";
import { Machine } from "./Machine";
import { machineText } from "./machineText";
import { shellText } from "./messages";
import { go, usePlace } from "./place";
import css from "./shell.module.css";
import type { useUndo } from "./undo";

const HEALTH = { up: "healthUp", away: "healthAway", locked: "healthLocked" } as const;

type Props = { undo: ReturnType<typeof useUndo>; onSearch: () => void };

/** The bar on top: which project and variant, search, undo and redo, and how the server is. */
export function Bar({ undo, onSearch }: Props) {
  const t = shellText();
  const [told, setTold] = useState(false);
  const [looking, setLooking] = useState(false);
  const state = useConnection(({ state }) => state);
  const any = useToasts(({ toasts }) => toasts.length > 0);
  return (
    <header className={css.bar}>
      <Pickers />
      <button type="button" className={css.find} onClick={onSearch}>
        <Icon name="search" />
        <span className={css.word}>{t("search")}</span>
        <kbd>{keysShown("Mod+K").join(" ")}</kbd>
      </button>
      {(["undo", "redo"] as const).map((way) => {
        const what = undo[way];
        const name = what ? t(way === "undo" ? "undoWhat" : "redoWhat", { what }) : t(way);
        return (
          <Button
            key={way}
            look="plain"
            icon={way}
            className={css.undo ?? ""}
            aria-label={name}
            title={name}
            disabled={!what}
            onClick={() => void undo.run(way)}
          >
            {way === "undo" && what && <span>{what}</span>}
          </Button>
        );
      })}
      <button
        type="button"
        className={css.healthButton}
        aria-label={t(HEALTH[state])}
        title={t(HEALTH[state])}
        onClick={() => setLooking(true)}
      >
        <span className={css.health} data-state={state} />
      </button>
      {looking && (
        <Dialog title={machineText.now("title")} onClose={() => setLooking(false)}>
          <p className={css.state}>{t(HEALTH[state])}</p>
          {state === "up" && <Machine />}
        </Dialog>
      )}
      <IconButton icon="bell" label={t("told")} onClick={() => setTold(true)} />
      {told && (
        <Dialog title={t("told")} onClose={() => setTold(false)}>
          {any ? <PastToasts /> : <p>{t("toldNothing")}</p>}
        </Dialog>
      )}
    </header>
  );
}

function Pickers() {
  const place = usePlace();
  const t = shellText();
  const [making, setMaking] = useState<"project" | "variant" | null>(null);
  const commands = useMemo<readonly Command[]>(
    () => [
      { id: "project.new", title: t("projectNew"), icon: "plus", run: () => setMaking("project") },
      {
        id: "variant.new",
        title: t("variantNew"),
        icon: "branch",
        disabled: !place.project,
        run: () => setMaking("variant"),
      },
    ],
    [t, place.project],
  );
  useCommands(commands);
  const { data: all } = useQuery(projectsQuery);
  const { data: one } = useQuery(projectQuery(place.project));
  const projects: MenuItem[] = (all?.items ?? []).map(({ id, name }) => ({
    label: name,
    checked: id === place.project,
    onPick: () => go({ project: id, branch: "main", path: [], at: undefined }),
  }));
  const variants: MenuItem[] = (one?.branches ?? [])
    .filter(({ closed }) => !closed)
    .map(({ name }) => ({
      label: name,
      checked: name === place.branch,
      onPick: () => go({ branch: name, at: undefined }),
    }));
  return (
    <>
      <Menu
        label={t("project")}
        items={[
          ...projects,
          "rule",
          { label: t("projectNew"), icon: "plus", onPick: () => setMaking("project") },
        ]}
      >
        {(trigger) => (
          <button
            type="button"
            className={css.picker}
            {...trigger}
            aria-label={`${t("project")}: ${one?.project.name ?? t("projectNone")}`}
          >
            <span>{one?.project.name ?? t("projectNone")}</span>
            <Icon name="down" size={14} />
          </button>
        )}
      </Menu>
      {place.project && (
        <Menu
          label={t("variant")}
          items={[
            ...variants,
            "rule",
            { label: t("variantNew"), icon: "branch", onPick: () => setMaking("variant") },
          ]}
        >
          {(trigger) => (
            <button
              type="button"
              className={css.picker}
              {...trigger}
              aria-label={`${t("variant")}: ${place.branch}`}
            >
              <Icon name="branch" size={14} />
              <span>{place.branch}</span>
              <Icon name="down" size={14} />
            </button>
          )}
        </Menu>
      )}
      {making === "project" && <NewProject onClose={() => setMaking(null)} />}
      {making === "variant" && <NewVariant onClose={() => setMaking(null)} />}
    </>
  );
}
