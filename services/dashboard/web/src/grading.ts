// Whether the grader still works on a bed. It writes the time into each partition once a second; vitals that still arrive
// prove nothing about the grade.

import type { Ward } from "./stream";
import type { Bed } from "./wire";

const SILENT_MS = 10_000;

/** When grading of this bed stopped, in server time; 0 if it was never heard; null while it goes on. */
export function ungradedSince(bed: Bed, ward: Ward): number | null {
  const pulse = ward.pulse;
  if (!pulse?.live) return null;
  const tickMs = pulse.ticks_ms[String(bed.partition)];
  if (tickMs === undefined) return 0;
  return pulse.now_ms - tickMs > SILENT_MS ? tickMs : null;
}
