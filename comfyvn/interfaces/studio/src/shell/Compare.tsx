import { type Collided, settle } from "@/api/outbox";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { shellText } from "./messages";
import css from "./shell.module.css";

function shown(value: unknown, empty: string): string {
  if (value === null || value === undefined || value === "") return empty;
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

/** Two changes of the same field, side by side: a person takes one. */
export function Compare({ collided }: { collided: Collided }) {
  const t = shellText();
  const take = (mine: boolean) => settle(collided, mine);
  return (
    <Dialog
      wide
      title={t("compareTitle")}
      onClose={() => take(false)}
      foot={
        <>
          <Button onClick={() => take(false)}>{t("takeTheirs")}</Button>
          <Button look="primary" onClick={() => take(true)}>
            {t("takeMine")}
          </Button>
        </>
      }
    >
      <p>{t("compareText")}</p>
      {collided.collisions.map(({ id, path, base, ours, theirs }) => (
        <section key={id}>
          <div className={css.sides} data-path={path}>
            <div className={css.side}>
              <h3>{t("compareBase")}</h3>
              {shown(base, t("empty"))}
            </div>
            <div className={css.side}>
              <h3>{t("compareTheirs")}</h3>
              {shown(ours, t("empty"))}
            </div>
            <div className={css.side}>
              <h3>{t("compareMine")}</h3>
              {shown(theirs, t("empty"))}
            </div>
          </div>
        </section>
      ))}
    </Dialog>
  );
}
