import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Details } from "./Details";
import { Header } from "./Header";
import { Notices, PagedNotice } from "./Notices";
import { Ordering, type By } from "./order";
import { findPaged, type Paged } from "./paged";
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
  const [paged, setPaged] = useState<Paged | null>(null);
  const [, tick] = useState(0);
  const ordering = useMemo(() => new Ordering(), [unit]);
  const handOn = useRef(false);

  useEffect(() => {
    setWard(emptyWard());
    return follow(unit, setWard);
  }, [unit]);
  useEffect(() => {
    void findPaged().then((found) => found && choose(found.unit ?? unit, found));
  }, []);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const nowMs = Date.now() + ward.skewMs;
  const order = ordering.next(ward.beds.values(), by, { handOn: handOn.current, filling: !ward.pulse?.live }, performance.now());
  const bed = selected === null ? undefined : ward.beds.get(selected);
  const choose = (chosen: string, found: Paged | null = null): void => {
    history.replaceState(null, "", chosen ? `?unit=${encodeURIComponent(chosen)}` : "/");
    setUnit(chosen);
    setPaged(found);
    setSelected(found?.patient_id ?? null);
  };
  const release = (): void => {
    ordering.release();
    tick((count) => count + 1);
  };

  // On a telephone the open bed covers the rest: what is said about its alarm is said there.
  const onPagedBed = bed !== undefined && bed.patient_id === paged?.patient_id;
  const notice = <PagedNotice paged={paged} onClose={() => setPaged(null)} />;

  return (
    <div class={`app ${ward.link}`}>
      <Header {...{ me, ward, unit, by, nowMs }} onUnit={(chosen) => choose(chosen)} onBy={setBy} waiting={order.waiting} onRelease={release} />
      <Notices ward={ward} nowMs={nowMs} />
      {!onPagedBed && notice}
      <main aria-label="Beds">
        <Tiles
          beds={order.ids.flatMap((id) => ward.beds.get(id) ?? [])}
          {...{ ward, me, nowMs, selected }}
          onSelect={setSelected}
          onHand={(on) => (handOn.current = on)}
        />
      </main>
      {bed && (
        <Details key={bed.patient_id} {...{ bed, me, nowMs }} paged={paged?.escalation_id} ungraded={ungradedSince(bed, ward)} onClose={() => setSelected(null)}>
          {onPagedBed && notice}
        </Details>
      )}
      <Spoken ward={ward} />
    </div>
  );
}
