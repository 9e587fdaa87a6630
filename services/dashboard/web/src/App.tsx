import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Details } from "./Details";
import { Header } from "./Header";
import { Notices } from "./Notices";
import { Ordering, type By } from "./order";
import { Spoken } from "./Spoken";
import { emptyWard, follow } from "./stream";
import { Tiles } from "./Tiles";
import { ungradedSince } from "./grading";
import type { Me } from "./wire";

const TICK_MS = 500;

export function App({ me }: { me: Me }) {
  const [unit, setUnit] = useState(() => new URLSearchParams(location.search).get("unit") ?? "");
  const [ward, setWard] = useState(emptyWard);
  const [by, setBy] = useState<By>("acuity");
  const [selected, setSelected] = useState<string | null>(null);
  const [, tick] = useState(0);
  const ordering = useMemo(() => new Ordering(), [unit]);
  const handOn = useRef(false);

  useEffect(() => {
    setWard(emptyWard());
    setSelected(null);
    return follow(unit, setWard);
  }, [unit]);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const nowMs = Date.now() + ward.skewMs;
  const order = ordering.next(ward.beds.values(), by, { handOn: handOn.current, filling: !ward.pulse?.live }, performance.now());
  const bed = selected === null ? undefined : ward.beds.get(selected);
  const choose = (chosen: string): void => {
    history.replaceState(null, "", chosen ? `?unit=${encodeURIComponent(chosen)}` : "/");
    setUnit(chosen);
  };
  const release = (): void => {
    ordering.release();
    tick((count) => count + 1);
  };

  return (
    <div class={`app ${ward.link}`}>
      <Header {...{ me, ward, unit, by, nowMs }} onUnit={choose} onBy={setBy} waiting={order.waiting} onRelease={release} />
      <Notices ward={ward} nowMs={nowMs} />
      <main aria-label="Beds">
        <Tiles
          beds={order.ids.flatMap((id) => ward.beds.get(id) ?? [])}
          {...{ ward, me, nowMs, selected }}
          onSelect={setSelected}
          onHand={(on) => (handOn.current = on)}
        />
      </main>
      {bed && (
        <Details key={bed.patient_id} {...{ bed, me, nowMs }} ungraded={ungradedSince(bed, ward)} onClose={() => setSelected(null)} />
      )}
      <Spoken ward={ward} />
    </div>
  );
}
