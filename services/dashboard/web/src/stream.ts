// The connection to the board's server. A lost one is noticed by our own clock: the browser's error event comes late or
// never when a cable is pulled.

import type { Announcement, Bed, Pulse, Snapshot } from "./wire";

const LOST_AFTER_MS = 3500;
const REOPEN_AFTER_MS = 8000;
const LOOK_EVERY_MS = 250;

export type Link = "connecting" | "live" | "lost" | "signed_out";

export interface Ward {
  link: Link;
  /** Server time of the last sign of life. */
  heardMs: number;
  /** Server clock minus ours. */
  skewMs: number;
  pulse: Pulse | null;
  beds: Map<string, Bed>;
  units: string[];
  /** The newest alarm to be spoken, with a number so that the same words are spoken twice. */
  spoken: { alarm: Announcement; count: number } | null;
}

export const emptyWard = (): Ward => ({
  link: "connecting",
  heardMs: 0,
  skewMs: 0,
  pulse: null,
  beds: new Map(),
  units: [],
  spoken: null,
});

/** Follow a unit until the returned function is called; `changed` gets a new picture at most once a frame. */
export function follow(unit: string, changed: (ward: Ward) => void): () => void {
  const ward = emptyWard();
  let source: EventSource | null = null;
  let heardAt = performance.now();
  let openedAt = performance.now();
  let painting = 0;

  const paint = (): void => {
    painting ||= requestAnimationFrame(() => {
      painting = 0;
      changed({ ...ward });
    });
  };

  const heard = (pulse: Pulse): void => {
    heardAt = performance.now();
    ward.link = "live";
    ward.heardMs = pulse.now_ms;
    ward.skewMs = pulse.now_ms - Date.now();
    ward.pulse = pulse;
    paint();
  };

  const on = <T>(name: string, take: (value: T) => void): void => {
    source?.addEventListener(name, (event) => {
      take(JSON.parse((event as MessageEvent<string>).data) as T);
      paint();
    });
  };

  const open = (): void => {
    source?.close();
    openedAt = performance.now();
    source = new EventSource(`/api/events${unit ? `?unit=${encodeURIComponent(unit)}` : ""}`);
    on<Snapshot>("snapshot", (snapshot) => {
      ward.beds = new Map(snapshot.beds.map((bed) => [bed.patient_id, bed]));
      ward.units = snapshot.units;
      heard(snapshot);
    });
    on<Bed>("bed", (bed) => {
      ward.beds = new Map(ward.beds).set(bed.patient_id, bed);
      if (bed.unit && !ward.units.includes(bed.unit)) ward.units = [...ward.units, bed.unit].sort();
    });
    on<{ patient_id: string }>("gone", ({ patient_id }) => {
      ward.beds = new Map(ward.beds);
      ward.beds.delete(patient_id);
    });
    on<Announcement>("alarm", (alarm) => {
      ward.spoken = { alarm, count: (ward.spoken?.count ?? 0) + 1 };
    });
    on<Pulse>("pulse", heard);
  };

  const look = (): void => {
    const silentMs = performance.now() - heardAt;
    if (ward.link === "live" && silentMs > LOST_AFTER_MS) {
      ward.link = "lost";
      paint();
    }
    const closed = source?.readyState === EventSource.CLOSED;
    if ((closed && performance.now() - openedAt > 1000) || performance.now() - Math.max(heardAt, openedAt) > REOPEN_AFTER_MS) {
      openedAt = performance.now();
      void reopen();
    }
  };

  const reopen = async (): Promise<void> => {
    const answer = await fetch("/api/me").catch(() => null);
    if (answer?.status === 401) {
      ward.link = "signed_out";
      paint();
    }
    if (answer?.ok) open();
  };

  open();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    cancelAnimationFrame(painting);
    source?.close();
  };
}
