import { AlarmStrip } from "./AlarmStrip";
import { Grade } from "./Grade";
import { Signs } from "./Signs";
import { supportSaid } from "./support";
import type { Bed, Me } from "./wire";
import { clock, clockSeconds, dayOf, gradeSaid, isUnanswered, missingSaid } from "./words";

interface Props {
  bed: Bed;
  me: Me;
  nowMs: number;
  ungraded: number | null;
  selected: boolean;
  onSelect: () => void;
}

/** One bed, as a nurse reads it from the corridor: grade, why, what is missing, vitals with age, what is open. */
export function Tile({ bed, me, nowMs, ungraded, selected, onSelect }: Props) {
  const top = bed.alarms[0];
  const urgent = top && isUnanswered(top) ? top.priority : "calm";
  return (
    <article
      class={`tile ${urgent} ${bed.encounter} ${selected ? "selected" : ""}`}
      data-patient={bed.patient_id}
      data-bed={bed.bed}
      data-grade-low={bed.crs?.known ? bed.crs.low : undefined}
      data-grade-high={bed.crs?.high}
      data-revision={bed.revision}
    >
      <div class="inside">
        <Grade name="CRS" grade={bed.crs} />
        <div class="top">
          <h2>
            <button type="button" class="name" aria-expanded={selected} onClick={onSelect}>
              {bed.bed || "No bed"}
              <span class="unseen">, {gradeSaid("CRS", bed.crs)}, details</span>
            </button>
          </h2>
          <span class="product">{productSaid(bed, nowMs)}</span>
          <span class="ward-state">{bed.encounter === "off_unit" ? "off unit" : bed.encounter === "discharged" ? "discharged" : ""}</span>
          <Grade name="ICANS" grade={bed.icans} />
        </div>
        <Why bed={bed} ungraded={ungraded} />
        <Signs bed={bed} nowMs={nowMs} />
        {top ? (
          <AlarmStrip key={top.escalation_id} alarm={top} others={bed.alarms.length - 1} {...{ me, nowMs }} bed={bed.bed} />
        ) : (
          <p class="support">{supportSaid(bed)}</p>
        )}
      </div>
    </article>
  );
}

function productSaid(bed: Bed, nowMs: number): string {
  if (!bed.product) return "";
  return bed.dosed_at ? `day ${dayOf(bed.dosed_at, nowMs)} · ${bed.product}` : bed.product;
}

/** Why the grade is what it is, what is missing, and what is being confirmed. */
function Why({ bed, ungraded }: { bed: Bed; ungraded: number | null }) {
  const said = bed.why ?? [];
  return (
    <div class="why">
      {ungraded !== null && (
        <p class="stopped">{ungraded > 0 ? `Not graded since ${clockSeconds(ungraded)}` : "Grading not heard"}</p>
      )}
      {bed.held && (
        <p class="held">
          Improving to {bed.held.to}, confirmed at {clock(bed.held.until)}
        </p>
      )}
      {!bed.crs ? (
        <p>No estimate yet.</p>
      ) : said.length ? (
        <p class="because">{said.join(" · ")}</p>
      ) : (
        <p class="because calm">{bed.crs.known ? "No criterion is met" : "Nothing is established"}</p>
      )}
      {bed.missing && bed.missing.length > 0 && <p class="missing">{missingSaid(bed.missing)}</p>}
    </div>
  );
}
