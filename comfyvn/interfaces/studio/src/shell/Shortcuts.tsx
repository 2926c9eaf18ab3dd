import { Dialog } from "@/components/Dialog";
import { keysShown, useOffered } from "./commands";
import { shellText } from "./messages";
import css from "./shell.module.css";

/** Keys as a person presses them. */
export function Keys({ keys }: { keys: string }) {
  return keysShown(keys).map((key) => <kbd key={key}>{key}</kbd>);
}

/** The sheet of all keys that do something now. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = shellText();
  const groups = Map.groupBy(
    useOffered().filter(({ keys }) => keys),
    ({ group }) => group ?? t("any"),
  );
  return (
    <Dialog title={t("shortcuts")} wide onClose={onClose}>
      <div className={css.keys}>
        {[...groups].map(([group, commands]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.map(({ id, title, keys = "" }) => (
                <div key={id}>
                  <dt>{title}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
