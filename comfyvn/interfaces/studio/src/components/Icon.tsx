/** Strokes of the icons, drawn on a square of 24. */
const ICONS = {
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  scenes: "M6 4h9l4 4v12H6zM14.5 4v4.5H19M9 12h7M9 15.5h5",
  characters: "M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c1-3.6 4-5 7.5-5s6.500 1.400 7.500 5",
  timeline: "M4 7h9M4 12h16M4 17h6M16 5v4M13 15v4",
  assets: "M4 5h16v14H4zM4 15.500l4.500-4 4 3.500 3-2.500 4.500 3.500M15.500 9.500h.01",
  imports: "M12 4v10M8 10.500l4 4 4-4M4.500 15v4.500h15V15",
  play: "M8 5.500v13l10.500-6.500z",
  history: "M4.500 12a7.500 7.500 0 1 0 2.400-5.500M4.500 4.500v3.800h3.800M12 8v4.300l3 1.700",
  export: "M12 14.500V4M8 8l4-4 4 4M4.500 15v4.500h15V15",
  jobs: "M4 6h16M4 12h10M4 18h7M17.500 14v3l2 1.300M21.500 17.300a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  settings: "M5 7h8M17 7h2M5 12h2M11 12h8M5 17h6M15 17h4M15 5v4M9 10v4M13 15v4",
  undo: "M8.500 6 4.500 10l4 4M5 10h9.500a5 5 0 0 1 0 10H11",
  redo: "m15.500 6 4 4-4 4M19 10H9.500a5 5 0 0 0 0 10H13",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500 20 20",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500h4",
  close: "m6 6 12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4.500 9V4.500H9M15 4.500h4.500V9M19.500 15v4.500H15M9 19.500H4.500V15",
  check: "m5 12.500 4.500 4.500L19 7.500",
  down: "m6 9.500 6 6 6-6",
  next: "m9.500 6 6 6-6 6",
  back: "m14.500 6-6 6 6 6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  branch: "M7 4v16M7 14c6 0 10-2 10-8M17 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 22a2 2 0 1 0 0-4",
  warning: "M12 4 3 19.500h18zM12 10v4.500M12 17h.01",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l1 12.500h8L17 7",
  edit: "M5 19h3.500L19 8.500 15.500 5 5 15.500z",
  choice: "M12 4v5M12 9c0 4-6 3-6 8M12 9c0 4 6 3 6 8M4 17l2 3 2-3M16 17l2 3 2-3",
  action: "m13 3-7 11h5l-1 7 8-11h-5.500z",
  keyboard: "M3 7h18v11H3zM6.500 10.500h.01M10 10.500h.01M13.500 10.500h.01M17 10.500h.01M8 14.500h8",
  filter: "M4 6h16l-6 7v6l-4-2v-4z",
  upload: "M12 15V5M8 8.500l4-4 4 4M4.500 15v4.500h15V15",
  volume: "M5 9.500v5h3.500L13 18V6L8.500 9.500zM16 9a4 4 0 0 1 0 6M18.500 6.500a7.500 7.500 0 0 1 0 11",
  muted: "M5 9.500v5h3.500L13 18V6L8.500 9.500zM16.500 9.500l5 5M21.500 9.500l-5 5",
  dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  map: "M5 4h5v5H5zM14 15h5v5h-5zM14 4h5v5h-5zM10 6.500h4M16.500 9v6",
  rail: "M4 5h16v14H4zM9.500 5v14",
} as const;

export type IconName = keyof typeof ICONS;

/** A small picture beside words, or inside a button that has a name of its own. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" || name === "grip" ? 2.6 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
