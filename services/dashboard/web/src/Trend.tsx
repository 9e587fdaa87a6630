import { LANGUAGE } from "./language";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Sign } from "./wire";
import type { SignName } from "./words";

const GAP_S = 5 * 60;
const HEIGHT = 64;
const SHOWN_S = 6 * 3600;
const SHOWN_AT_LEAST_S = 3600;
// What a chart shows at least, so that noise does not look like a crisis.
const SPAN: Record<string, number> = { temperature_c: 2, heart_rate_bpm: 40, sbp_mmhg: 40, spo2_pct: 10, resp_rate_bpm: 12 };

type Points = [number, number][];

const fetched = new Map<string, Promise<Record<string, Points>>>();

/** One request a bed for all its signs; forgotten after a moment, so that the next look is fresh. */
function pointsOf(patientId: string): Promise<Record<string, Points>> {
  const known = fetched.get(patientId);
  if (known) return known;
  const coming = fetch(`/api/trend?patient=${encodeURIComponent(patientId)}`)
    .then(async (answer) => (answer.ok ? ((await answer.json()) as { signs: Record<string, Points> }).signs : {}))
    .catch(() => ({}));
  fetched.set(patientId, coming);
  setTimeout(() => fetched.delete(patientId), 2000);
  return coming;
}

/** Six hours of one sign. Where nothing was measured, no line is drawn. */
export function Trend({ patientId, name, sign }: { patientId: string; name: SignName; sign: Sign | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  const points = useRef<Points>([]);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(sign);
  const [known, setKnown] = useState(true);

  useEffect(() => {
    const node = place.current;
    if (!node) return;
    plot.current = new uPlot(options(name, node.clientWidth), [[], []], node);
    void pointsOf(patientId).then((signs) => {
      points.current = [...(signs[name.key] ?? []), ...newer(signs[name.key], latest.current)];
      setKnown(points.current.length > 0);
      draw(plot.current, points.current);
    });
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    latest.current = sign;
    points.current = [...points.current, ...newer(points.current, sign)];
    draw(plot.current, points.current);
  }, [sign?.observed_at]);

  return (
    <div class="trend">
      <div ref={place} role="img" aria-label={`${name.long}, last six hours`} hidden={!known} />
      {!known && <p>No readings in the last six hours.</p>}
    </div>
  );
}

/** The reading as a point, if it is a number and newer than the last one. */
function newer(points: Points | undefined, sign: Sign | undefined): Points {
  if (sign?.observed_at === undefined || typeof sign.value !== "number") return [];
  const at = Date.parse(sign.observed_at);
  const last = points?.at(-1);
  return at < Date.now() - SHOWN_S * 1000 || (last && last[0] >= at) ? [] : [[at, sign.value]];
}

function draw(plot: uPlot | null, points: Points): void {
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [atMs, value] of points) {
    const at = atMs / 1000;
    const before = times.at(-1);
    if (before !== undefined && at - before > GAP_S) {
      times.push(before + 1);
      values.push(null);
    }
    times.push(at);
    values.push(value);
  }
  plot?.setData([times, values]);
}

function options(name: SignName, width: number): uPlot.Options {
  const grid = { stroke: "#2a3742", width: 1 };
  const axis = { stroke: "#a9b8c4", font: "11px Inter Variable, sans-serif", grid, ticks: { show: false } };
  const span = SPAN[name.key] ?? 10;
  return {
    width,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    padding: [6, 8, 0, 0],
    scales: {
      x: { range: (_, first) => [shownFrom(first), Date.now() / 1000] },
      y: { range: (_, low, high) => around(low, high, span) },
    },
    axes: [
      { ...axis, size: 18, gap: 2, space: 90, values: (_, ticks) => ticks.map((at) => hour.format(at * 1000)) },
      { ...axis, size: 34, gap: 4, space: 24 },
    ],
    series: [{}, { stroke: "#5cc8f0", width: 1.5, points: { show: true, size: 4, fill: "#5cc8f0" }, spanGaps: false }],
  };
}

/** From the first reading on, but at least an hour and at most six. */
function shownFrom(first: number | null): number {
  const now = Date.now() / 1000;
  return Math.max(now - SHOWN_S, Math.min(first ?? now, now - SHOWN_AT_LEAST_S));
}

const hour = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function around(low: number | null, high: number | null, span: number): [number, number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, span];
  const extra = Math.max(0, span - (high - low)) / 2;
  return [low - extra, high + extra];
}
