// Charted support in words: oxygen device and vasopressors.

import type { Bed } from "./wire";
import { plain } from "./words";

const DEVICES: Record<string, string> = {
  nasal_cannula: "nasal cannula",
  high_flow_nasal_cannula: "high-flow cannula",
  blow_by: "blow-by",
  non_rebreather: "non-rebreather",
  cpap: "CPAP",
  bipap: "BiPAP",
};

function deviceSaid(bed: Bed): string {
  const device = bed.support?.oxygen_device;
  if (device?.value === undefined) return bed.support ? "Oxygen device not charted" : "";
  const [code = "", ...flow] = String(device.value).split(" ");
  const said = [DEVICES[code] ?? plain(code), ...flow].join(" ");
  return device.state === "fresh" ? said : `${said}, not confirmed lately`;
}

function pressorSaid(bed: Bed): string {
  const pressor = bed.support?.vasopressor;
  if (pressor?.value === undefined) return bed.support ? "vasopressors not charted" : "";
  const name = pressor.value === "none" ? "no vasopressor" : plain(String(pressor.value));
  return pressor.state === "fresh" ? name : `${name}, not confirmed lately`;
}

/** "NEWS2 3 to 5 · qSOFA 1": ward scores, as ranges while they are incomplete. */
export function scoresSaid(bed: Bed): string {
  const names: Record<string, string> = { news2: "NEWS2", qsofa: "qSOFA", shock_index: "shock index", pews: "PEWS" };
  return Object.entries(bed.scores ?? {})
    .map(([key, score]) => {
      if (typeof score === "number") return `${names[key] ?? key} ${score}`;
      const { low, high } = score as { low: number; high: number };
      return `${names[key] ?? key} ${low === high ? low : `${low} to ${high}`}`;
    })
    .join(" · ");
}

/** "ICE score 10": what else is charted or measured and has no place of its own. */
export function othersSaid(bed: Bed): string {
  const own = new Set(["oxygen_device", "vasopressor"]);
  return Object.entries(bed.support ?? {})
    .filter(([key, input]) => !own.has(key) && input.value !== undefined)
    .map(([key, input]) => `${otherName(key)} ${plain(String(input.value))}${input.state === "fresh" ? "" : " (old)"}`)
    .join(" · ");
}

const otherName = (key: string): string => {
  const [sign = "", series] = key.split(":");
  const name = { ice: "ICE score", capd: "CAPD score", sbp_mmhg: "systolic" }[sign] ?? plain(sign);
  return series ? `${name}, ${plain(series)}` : name;
};

/** "Room air · no vasopressor". */
export function supportSaid(bed: Bed): string {
  const said = [deviceSaid(bed), pressorSaid(bed)].filter(Boolean).join(" · ");
  return said.replace(/^./, (first) => first.toUpperCase());
}
