import { Activity, Component, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { Empty } from "@/components/Empty";
import { shellText } from "./messages";
import { go, type Place, usePlace } from "./place";
import css from "./shell.module.css";
import { VIEWS } from "./views";

const PARTS = new Map(VIEWS.map((view) => [view.name, lazy(view.load)]));

/** Views that were opened stay as they were left, and are shown again at once. */
export function ViewStack() {
  const place = usePlace();
  const t = shellText();
  const [opened, setOpened] = useState<ReadonlyMap<string, Place>>(new Map());
  const scope = `${place.project}/${place.branch}`;
  if (opened.get(place.view) !== place && PARTS.has(place.view)) {
    const same = [...opened].filter(([, { project, branch }]) => `${project}/${branch}` === scope);
    setOpened(new Map([...same, [place.view, place]]));
  }
  const view = VIEWS.find(({ name }) => name === place.view);
  const title = view?.title();
  useEffect(() => {
    document.title = title ? `${title} · ComfyVN` : "ComfyVN";
  }, [title]);

  if (!view)
    return (
      <Empty icon="warning" title={t("missing")}>
        <Button onClick={() => go({ view: "home", path: [] })}>{t("goHome")}</Button>
      </Empty>
    );
  if (!view.projectless && !place.project)
    return (
      <Empty icon={view.icon} title={t("needsProject")}>
        <Button onClick={() => go({ view: "home", path: [] })}>{t("goHome")}</Button>
      </Empty>
    );
  return [...opened].map(([name, { project, branch, path, at }]) => {
    const Part = PARTS.get(name);
    return (
      <Activity key={`${name} ${scope}`} mode={name === place.view ? "visible" : "hidden"}>
        <div className={css.view}>
          <Boundary>
            <Suspense fallback={<p className="visually-hidden">{t("loading")}</p>}>
              {Part && (
                <Part
                  project={project}
                  branch={branch}
                  path={path}
                  at={name === place.view ? place.at : at}
                />
              )}
            </Suspense>
          </Boundary>
        </div>
      </Activity>
    );
  });
}

class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Empty icon="warning" title={shellText.now("failed")}>
        <pre>{error.message}</pre>
        <Button onClick={() => location.reload()}>{shellText.now("reload")}</Button>
      </Empty>
    );
  }
}
