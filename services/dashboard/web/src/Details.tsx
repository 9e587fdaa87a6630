import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { AlarmStrip } from "./AlarmStrip";
import { AnswerForm } from "./AnswerForm";
import { Grade } from "./Grade";
import { stateOf, Value } from "./Signs";
import { othersSaid, scoresSaid, supportSaid } from "./support";
import { Trend } from "./Trend";
import type { Bed, Me, Reason } from "./wire";
import { age, clock, clockSeconds, missingSaid, plain, roleName, SIGNS } from "./words";

interface Props {
  bed: Bed;
  me: Me;
  nowMs: number;
  ungraded: number | null;
  /** The alarm whose page led here. */
  paged: string | undefined;
  onClose: () => void;
  /** What is to be said above all else about this bed. */
  children: ComponentChildren;
}

/** All that the board knows about one bed, beside the others. */
export function Details({ bed, me, nowMs, ungraded, paged, onClose, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    return () => document.querySelector<HTMLElement>(`[data-patient="${CSS.escape(bed.patient_id)}"] .name`)?.focus();
  }, []);
  return (
    <aside class="details" aria-label={`Bed ${bed.bed}`} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div class="top">
        <h2 tabIndex={-1} ref={heading}>
          Bed {bed.bed}
        </h2>
        <span class="product">{bed.product}</span>
        <button type="button" class="quiet" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </div>
      {children}
      <div class="grades">
        <Grade name="CRS" grade={bed.crs} />
        <Grade name="ICANS" grade={bed.icans} />
        <p>
          {supportSaid(bed)}
          {bed.held && <span class="held">Improving to {bed.held.to}, confirmed at {clock(bed.held.until)}</span>}
          {othersSaid(bed) && <span>{othersSaid(bed)}</span>}
          {scoresSaid(bed) && <span>{scoresSaid(bed)}</span>}
          {bed.as_of && <small>as of {clock(bed.as_of)}, highest this episode {bed.max_grade}</small>}
          {ungraded !== null && <span class="stopped">Not graded since {ungraded > 0 ? clockSeconds(ungraded) : "the board started"}</span>}
        </p>
      </div>
      <section>
        <h3>Why</h3>
        {bed.because?.length ? <ul class="reasons">{bed.because.map((reason, place) => <Because key={place} {...{ reason }} said={bed.why?.[place] ?? ""} />)}</ul> : <p>Nothing is established.</p>}
        {bed.missing && bed.missing.length > 0 && <p class="missing">{missingSaid(bed.missing)}. The grade may be higher.</p>}
        {bed.prompts?.map((prompt) => <p key={prompt} class="prompt">{prompt}</p>)}
      </section>
      {bed.alarms.length > 0 && <Alarms {...{ bed, me, nowMs, paged }} />}
      <section>
        <h3>Vitals, up to six hours back</h3>
        {SIGNS.map((name) => (
          <div key={name.key} class={`trend-row ${stateOf(bed.signs[name.key])}`}>
            <div>
              <small>{name.long}, {name.unit}</small>
              <Value name={name} bed={bed} />
              <small>{bed.signs[name.key]?.observed_at ? `${age(bed.signs[name.key]?.observed_at, nowMs)} ago${sourceSaid(bed, name.key)}` : "never measured"}</small>
            </div>
            <Trend patientId={bed.patient_id} name={name} sign={bed.signs[name.key]} />
          </div>
        ))}
      </section>
      <p class="rules">Graded by rule set {bed.rules ?? "unknown"}. An estimate: clinicians grade.</p>
    </aside>
  );
}

function sourceSaid(bed: Bed, key: string): string {
  const sign = bed.signs[key];
  const how = [sign?.source, sign?.bp_source, ...(sign?.flags ?? [])].filter((word) => word !== undefined);
  return how.length ? `, ${how.map(plain).join(", ")}` : "";
}

function Because({ reason, said }: { reason: Reason; said: string }) {
  return (
    <li>
      {said}
      {reason.would_change && <small>{reason.would_change}</small>}
      {reason.citation && <cite>{reason.citation}</cite>}
    </li>
  );
}

function Alarms({ bed, me, nowMs, paged }: Pick<Props, "bed" | "me" | "nowMs" | "paged">) {
  return (
    <section>
      <h3>Alarms</h3>
      {bed.alarms.map((alarm) => (
        <div key={alarm.escalation_id} class={`alarm-full ${alarm.escalation_id === paged ? "paged" : ""}`}>
          {alarm.escalation_id === paged && <p>You were paged for this alarm</p>}
          <AlarmStrip {...{ alarm, me, nowMs }} bed={bed.bed} />
          <ul class="attempts">
            <li>
              <time>{clock(alarm.raised_at)}</time> raised{alarm.late ? ", revealed by late data" : ""}
            </li>
            {alarm.attempts?.map((attempt) => (
              <li key={`${attempt.channel}${attempt.recipient_role}${attempt.attempt}`} class={attempt.state}>
                <time>{clock(attempt.at)}</time> {roleName(attempt.recipient_role)} by {attempt.channel}: {attempt.state}
                {attempt.code ? ` (${attempt.code})` : ""}
                {attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : ""}
              </li>
            ))}
            {alarm.resolved && <li>over: {plain(alarm.resolved)}</li>}
          </ul>
          {me.may_answer && <AnswerForm alarm={alarm} me={me} />}
        </div>
      ))}
    </section>
  );
}
