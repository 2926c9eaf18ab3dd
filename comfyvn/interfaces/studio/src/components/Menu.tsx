import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Icon, type IconName } from "./Icon";
import css from "./overlays.module.css";

export type MenuItem =
  | "rule"
  | {
      label: string;
      icon?: IconName;
      /** Said at its end, such as its keys. */
      end?: ReactNode;
      /** Marks one of several that exclude each other. */
      checked?: boolean;
      disabled?: boolean;
      onPick: () => void;
    };

type Trigger = {
  "aria-haspopup": "menu";
  "aria-expanded": boolean;
  "aria-controls": string;
  onClick: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

type Props = {
  label: string;
  items: readonly MenuItem[];
  /** Draws what opens the menu; it spreads what it is given on a button. */
  children: (trigger: Trigger & { ref: (element: HTMLElement | null) => void }) => ReactNode;
};

/** A button with a menu: arrow keys move in it, letters jump, Escape closes it. */
export function Menu({ label, items, children }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const anchor = useRef<HTMLElement | null>(null);
  const menu = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const found = menu.current;
    if (!open || !found || !anchor.current) return;
    found.showPopover();
    const box = anchor.current.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = found;
    const left = getComputedStyle(found).direction === "rtl" ? box.right - offsetWidth : box.left;
    const below = box.bottom + 4 + offsetHeight <= innerHeight || box.top < offsetHeight;
    found.style.left = `${Math.max(8, Math.min(left, innerWidth - offsetWidth - 8))}px`;
    found.style.top = `${below ? box.bottom + 4 : box.top - offsetHeight - 4}px`;
    const checked = found.querySelector<HTMLElement>("[aria-checked=true]");
    (checked ?? found.querySelector<HTMLElement>("[role^=menuitem]"))?.focus();
  }, [open]);

  useEffect(() => {
    const found = menu.current;
    if (!open || !found) return;
    const closed = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") setOpen(false);
    };
    found.addEventListener("toggle", closed);
    return () => found.removeEventListener("toggle", closed);
  }, [open]);

  function close(): void {
    setOpen(false);
    anchor.current?.focus();
  }

  function move(event: KeyboardEvent): void {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)") ?? [])];
    const now = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: -1 };
    let next = steps[event.key];
    if (next === undefined && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLocaleLowerCase();
      const order = [...all.slice(now + 1), ...all.slice(0, now + 1)];
      const found = order.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letter));
      next = found && all.indexOf(found);
    }
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (next !== undefined) {
      event.preventDefault();
      all.at(next % all.length)?.focus();
    }
  }

  return (
    <>
      {children({
        ref: (element) => {
          anchor.current = element;
        },
        "aria-haspopup": "menu",
        "aria-expanded": open,
        "aria-controls": id,
        onClick: () => setOpen(!open),
        onKeyDown: (event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            setOpen(true);
          }
        },
      })}
      <div
        id={id}
        ref={menu}
        popover="auto"
        role="menu"
        aria-label={label}
        className={css.menu}
        onKeyDown={move}
        tabIndex={-1}
      >
        {open &&
          items.map((item, index) =>
            item === "rule" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: rules have no name
              <hr key={index} className={css.rule} />
            ) : (
              <button
                type="button"
                key={item.label}
                className={css.item}
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                disabled={item.disabled}
                tabIndex={-1}
                onClick={() => {
                  close();
                  item.onPick();
                }}
              >
                {item.icon && <Icon name={item.icon} />}
                {item.label}
                {(item.end || item.checked) && (
                  <span className={css.end}>{item.end ?? <Icon name="check" />}</span>
                )}
              </button>
            ),
          )}
      </div>
    </>
  );
}
