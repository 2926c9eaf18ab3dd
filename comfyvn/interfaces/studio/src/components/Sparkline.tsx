import css from "./layout.module.css";

type Props = { label: string; values: readonly number[]; max: number; count: number };

/** A small graph of the last `count` values, the newest at its end; `label` says what it shows and the newest value. */
export function Sparkline({ label, values, max, count }: Props) {
  const step = 100 / (count - 1);
  const points = values
    .slice(-count)
    .map(
      (value, index, all) =>
        `${100 - (all.length - 1 - index) * step},${30 - (28 * Math.min(value, max)) / max}`,
    );
  const first = points[0]?.split(",")[0] ?? "100";
  return (
    <svg className={css.spark} viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon points={`${first},30 ${points.join(" ")} 100,30`} />
      <polyline points={points.join(" ")} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
