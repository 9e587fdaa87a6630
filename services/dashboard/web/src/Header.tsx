import type { By } from "./order";
import type { Ward } from "./stream";
import type { Me } from "./wire";
import { clockSeconds, isUnanswered, roleName } from "./words";

interface Props {
  me: Me;
  ward: Ward;
  unit: string;
  by: By;
  nowMs: number;
  waiting: boolean;
  onUnit: (unit: string) => void;
  onBy: (by: By) => void;
  onRelease: () => void;
}

export function Header({ me, ward, unit, by, nowMs, waiting, onUnit, onBy, onRelease }: Props) {
  const beds = [...ward.beds.values()];
  const alarms = beds.flatMap((bed) => bed.alarms).filter(isUnanswered);
  const high = alarms.filter((alarm) => alarm.priority === "high").length;
  const units = [...new Set([...ward.units, ...(unit ? [unit] : [])])].sort();
  return (
    <header>
      <h1>
        {units.length > 1 ? (
          <label>
            <span class="unseen">Unit</span>
            <select value={unit} onChange={(event) => onUnit(event.currentTarget.value)}>
              <option value="">All units</option>
              {units.map((name) => (
                <option key={name} value={name}>{`Unit ${name}`}</option>
              ))}
            </select>
          </label>
        ) : (
          <span>{units[0] ? `Unit ${units[0]}` : "Ward board"}</span>
        )}
      </h1>
      <p class="counts">
        <b>{beds.length}</b> beds
        <span class={alarms.length ? "open" : ""}>
          <b>{alarms.length}</b> unanswered
        </span>
        {high > 0 && (
          <span class="high">
            <b>{high}</b> high ***
          </span>
        )}
      </p>
      <p class="purpose">Estimates from vitals and charting. Decision support, not a diagnosis.</p>
      {waiting && (
        <button type="button" class="quiet waiting" onClick={onRelease}>
          New order: sort now
        </button>
      )}
      <div class="by" role="group" aria-label="Order of the beds">
        {(["acuity", "bed"] as const).map((name) => (
          <button key={name} type="button" aria-pressed={by === name} onClick={() => onBy(name)}>
            {name === "acuity" ? "By acuity" : "By bed"}
          </button>
        ))}
      </div>
      <Link ward={ward} nowMs={nowMs} />
      <form method="post" action="/sign-out" class="who">
        <span>
          {me.name}
          <small>{roleName(me.role)}</small>
        </span>
        <button type="submit" class="quiet">
          Sign out
        </button>
      </form>
    </header>
  );
}

/** The state of the connection and the ward's time, always in the same place. */
function Link({ ward, nowMs }: { ward: Ward; nowMs: number }) {
  const said = { connecting: "Connecting", live: "Live", lost: "Lost", signed_out: "Signed out" }[ward.link];
  const skewS = Math.round(ward.skewMs / 1000);
  return (
    <p class="link" data-link={ward.link}>
      <span>{said}</span>
      <time>{clockSeconds(ward.link === "live" ? nowMs : ward.heardMs || nowMs)}</time>
      {Math.abs(skewS) > 2 && <small>this computer's clock is {Math.abs(skewS)} s {skewS > 0 ? "behind" : "ahead"}</small>}
    </p>
  );
}
