import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { usePreferences } from "@/design/preferences";
import { shellText } from "./messages";
import { go, href, type Place, usePlace } from "./place";
import css from "./shell.module.css";
import type { View } from "./view";
import { VIEWS } from "./views";

function Way({ view, place }: { view: View; place: Place }) {
  const title = view.title();
  const to = { ...place, view: view.name, path: [] };
  return (
    <a
      className={css.way}
      href={href(to)}
      title={title}
      aria-current={place.view === view.name ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go({ view: view.name });
      }}
    >
      <Icon name={view.icon} size={18} />
      <span className={css.word}>{title}</span>
    </a>
  );
}

/** The bar of all views. */
export function Rail() {
  const place = usePlace();
  const t = shellText();
  const { narrowRail, set } = usePreferences();
  return (
    <nav className={css.rail} aria-label={t("views")}>
      <div className={css.brand}>
        <img src="/icon.svg" alt="" />
        <span className={css.word}>ComfyVN</span>
      </div>
      {VIEWS.map((view) => (
        <Way key={view.name} view={view} place={place} />
      ))}
      <div className={css.grow} />
      <IconButton icon="rail" label={t("narrow")} onClick={() => set({ narrowRail: !narrowRail })} />
    </nav>
  );
}
