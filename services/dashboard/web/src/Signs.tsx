import type { Bed, Sign } from "./wire";
import { age, SIGNS, valueText, type SignName } from "./words";

/** Each vital with its unit and age: stale in amber, lost struck through, never measured in words. */
export function Signs({ bed, nowMs }: { bed: Bed; nowMs: number }) {
  return (
    <dl class="signs">
      {SIGNS.map((name) => (
        <div key={name.key} data-sign={name.key} class={stateOf(bed.signs[name.key])}>
          <dt>
            {name.short} <i>{name.unit}</i>
          </dt>
          <dd>
            <Value name={name} bed={bed} />
            <small>{when(bed.signs[name.key], nowMs)}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

export const stateOf = (sign: Sign | undefined): string =>
  `${sign?.state ?? "never"}${sign?.flags?.length ? " flagged" : ""}`;

function when(sign: Sign | undefined, nowMs: number): string {
  if (sign?.value === undefined) return "";
  const said = age(sign.observed_at, nowMs);
  if (sign.state === "stale") return `${said.replace(" ", "")} old`;
  return sign.state === "lost" ? `lost ${said.replace(" ", "")}` : said;
}

export function Value({ name, bed }: { name: SignName; bed: Bed }) {
  const sign = bed.signs[name.key];
  if (sign?.value === undefined) return <span class="value none">never</span>;
  const text = name.key === "sbp_mmhg" ? pressure(bed, sign) : valueText(sign, name.digits);
  const lost = sign.state === "lost";
  return (
    <span class="value">
      {lost ? <s>{text}</s> : text}
      {sign.flags?.length ? <abbr title={sign.flags.join(", ").replaceAll("_", " ")}>?</abbr> : null}
    </span>
  );
}

/** Systolic over diastolic, but only of the same measurement. */
function pressure(bed: Bed, sbp: Sign): string {
  const dbp = bed.signs.dbp_mmhg;
  const together = dbp?.value !== undefined && dbp.observed_at === sbp.observed_at;
  return together ? `${valueText(sbp, 0)}/${valueText(dbp, 0)}` : valueText(sbp, 0);
}
