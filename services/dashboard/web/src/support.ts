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
  const name = DEVICES[String(device.value)] ?? plain(String(device.value));
  const flow = bed.support?.flow_l_min?.value;
  const said = flow === undefined ? name : `${name} ${flow} L/min`;
  return device.state === "fresh" ? said : `${said}, not confirmed lately`;
}

function pressorSaid(bed: Bed): string {
  const pressor = bed.support?.vasopressor;
  if (pressor?.value === undefined) return bed.support ? "vasopressors not charted" : "";
  const name = pressor.value === "none" ? "no vasopressor" : plain(String(pressor.value));
  return pressor.state === "fresh" ? name : `${name}, not confirmed lately`;
}

/** "Room air · no vasopressor". */
export function supportSaid(bed: Bed): string {
  const said = [deviceSaid(bed), pressorSaid(bed)].filter(Boolean).join(" · ");
  return said.replace(/^./, (first) => first.toUpperCase());
}
