import { useQuery } from "@tanstack/react-query";
import { infoQuery, type Metrics, metricsQuery, SAMPLES } from "@/api/metrics";
import { Sparkline } from "@/components/Sparkline";
import { bytes, duration } from "@/i18n/measures";
import css from "./machine.module.css";
import { machineText } from "./machineText";

type Meter = { name: string; values: number[]; said: string };

/** How busy the machine of the server is, as it goes on. */
export function Machine() {
  const t = machineText();
  const { data: samples = [] } = useQuery(metricsQuery);
  const { data: info } = useQuery(infoQuery);
  const now = samples.at(-1);
  if (!now) return null;
  return (
    <div className={css.machine}>
      <ul>
        {meters(samples, now).map(({ name, values, said }) => (
          <li key={name}>
            <div>
              <strong>{name}</strong>
              <span>{said}</span>
            </div>
            <Sparkline label={`${name}: ${said}`} values={values} max={100} count={SAMPLES} />
          </li>
        ))}
      </ul>
      {!now.gpus.length && <p>{t("noGpu")}</p>}
      <p>{t("disk", { free: bytes(now.disk.free), total: bytes(now.disk.total) })}</p>
      {info && (
        <p>
          {t("process", {
            version: info.version,
            database: info.database,
            memory: bytes(now.process.memory),
            since: duration(now.process.seconds),
          })}
        </p>
      )}
    </div>
  );
}

function meters(samples: readonly Metrics[], now: Metrics): Meter[] {
  const t = machineText.now;
  const share = (percent: number) => `${Math.round(percent)} %`;
  const of = (space: Metrics["memory"]) => `${bytes(space.used)} / ${bytes(space.total)}`;
  const made: Meter[] = [
    { name: t("cpu"), values: samples.map(({ cpu }) => cpu.percent), said: share(now.cpu.percent) },
    { name: t("memory"), values: samples.map(({ memory }) => memory.percent), said: of(now.memory) },
  ];
  for (const { index, name, percent, memory, temperature } of now.gpus) {
    const heat = temperature === null ? "" : ` · ${Math.round(temperature)} °C`;
    const each = (pick: (gpu: Metrics["gpus"][number]) => number | null | undefined) =>
      samples.map(({ gpus }) => {
        const gpu = gpus[index];
        return (gpu && pick(gpu)) ?? 0;
      });
    if (percent !== null)
      made.push({ name, values: each((gpu) => gpu.percent), said: `${share(percent)}${heat}` });
    if (memory)
      made.push({
        name: t("gpuMemory", { name }),
        values: each((gpu) => gpu.memory?.percent),
        said: of(memory),
      });
  }
  return made;
}
