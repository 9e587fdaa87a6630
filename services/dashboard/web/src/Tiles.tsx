import { useEffect, useRef, useState } from "preact/hooks";
import { ungradedSince } from "./grading";
import type { Ward } from "./stream";
import { Tile } from "./Tile";
import type { Bed, Me } from "./wire";

interface Props {
  beds: Bed[];
  ward: Ward;
  me: Me;
  nowMs: number;
  selected: string | null;
  onSelect: (patientId: string | null) => void;
  onHand: (on: boolean) => void;
}

const TILE_WIDTH = 300;
const TILE_HEIGHT = 160;
const IDLE_MS = 15_000;

/** As few columns as let every bed fit on the screen, so that tiles are as large as they can be. */
function columnsFor(beds: number, width: number, height: number): number {
  const most = Math.max(1, Math.floor(width / TILE_WIDTH));
  for (let columns = 1; columns < most; columns += 1) {
    const tall = height / Math.ceil(beds / columns);
    if (tall >= TILE_HEIGHT * Math.max(1, width / columns / (TILE_WIDTH * 1.7))) return columns;
  }
  return most;
}

export function Tiles({ beds, ward, me, nowMs, selected, onSelect, onHand }: Props) {
  const list = useRef<HTMLUListElement>(null);
  const [columns, setColumns] = useState(1);
  useEffect(() => {
    const node = list.current;
    if (!node) return;
    const fit = new ResizeObserver(() => setColumns(columnsFor(beds.length, node.clientWidth, node.clientHeight)));
    fit.observe(node);
    return () => fit.disconnect();
  }, [beds.length]);
  useHand(onHand);

  if (beds.length === 0) return <Empty ward={ward} />;
  return (
    <ul ref={list} class="tiles" style={{ "--columns": columns }} onKeyDown={(event) => walk(event, columns)}>
      {beds.map((bed) => (
        <li key={bed.patient_id}>
          <Tile
            {...{ bed, me, nowMs }}
            ungraded={ungradedSince(bed, ward)}
            selected={selected === bed.patient_id}
            onSelect={() => onSelect(selected === bed.patient_id ? null : bed.patient_id)}
          />
        </li>
      ))}
    </ul>
  );
}

/** A pointer or the focus inside a tile holds the order; a hand that has not moved for a while does not. */
function useHand(onHand: (on: boolean) => void): void {
  useEffect(() => {
    let timer = 0;
    const look = (event: Event): void => {
      const on = event.target instanceof Element && event.target.closest(".tile") !== null;
      onHand(on);
      clearTimeout(timer);
      if (on) timer = window.setTimeout(() => onHand(false), IDLE_MS);
    };
    const gone = (): void => onHand(false);
    const seen = ["pointermove", "pointerdown", "focusin", "keydown"] as const;
    for (const name of seen) document.addEventListener(name, look, { passive: true });
    document.documentElement.addEventListener("pointerleave", gone);
    return () => {
      clearTimeout(timer);
      for (const name of seen) document.removeEventListener(name, look);
      document.documentElement.removeEventListener("pointerleave", gone);
    };
  }, []);
}

/** Arrow keys go from bed to bed, Home and End to the first and last. */
function walk(event: KeyboardEvent & { currentTarget: HTMLUListElement }, columns: number): void {
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>(".name")];
  const here = names.findIndex((name) => name.closest(".tile")?.contains(event.target as Node));
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const place = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1 : here + (steps[event.key] ?? Number.NaN);
  const next = names[place];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

function Empty({ ward }: { ward: Ward }) {
  if (ward.link === "connecting") return <Said title="Connecting" text="The board is being fetched." />;
  if (ward.pulse && !ward.pulse.live)
    return <Said title="Starting" text="The board is up and reading the ward's records from Kafka. Beds appear as they are read." />;
  return <Said title="No patients here yet" text="Nobody is admitted on this unit. A bed appears with its first record." />;
}

function Said({ title, text }: { title: string; text: string }) {
  return (
    <section class="notice" role="status">
      <h2>{title}</h2>
      <p>{text}</p>
    </section>
  );
}
