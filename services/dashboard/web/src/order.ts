// The order of the beds: most urgent first, but never moving under somebody's hand.

import type { Bed } from "./wire";
import { isUnanswered } from "./words";

const RANK = { high: 3, medium: 2, low: 1 } as const;
const REORDER_EVERY_MS = 5000;

export type By = "acuity" | "bed";

const byName = (a: Bed, b: Bed): number =>
  a.bed.localeCompare(b.bed, undefined, { numeric: true }) || a.patient_id.localeCompare(b.patient_id);

/** Unanswered priority, then grade, then how long it waits, then bed. */
function byAcuity(a: Bed, b: Bed): number {
  return urgency(b) - urgency(a) || gradeWeight(b) - gradeWeight(a) || waitingSince(a) - waitingSince(b) || byName(a, b);
}

export function urgency(bed: Bed): number {
  return Math.max(0, ...bed.alarms.filter(isUnanswered).map((alarm) => RANK[alarm.priority]));
}

/** What is established counts first, what cannot be excluded second. */
function gradeWeight(bed: Bed): number {
  const grade = bed.crs;
  const icans = bed.icans;
  if (!grade) return 0.5;
  return Math.max(grade.low, icans?.low ?? 0) * 10 + Math.max(grade.high, icans?.known ? icans.high : 0);
}

function waitingSince(bed: Bed): number {
  const unanswered = bed.alarms.filter(isUnanswered).map((alarm) => Date.parse(alarm.raised_at));
  return unanswered.length ? Math.min(...unanswered) : Number.MAX_SAFE_INTEGER;
}

export const wanted = (beds: Iterable<Bed>, by: By): string[] =>
  [...beds].sort(by === "bed" ? byName : byAcuity).map((bed) => bed.patient_id);

export interface Order {
  ids: string[];
  /** The order would be another one if nobody were pointing. */
  waiting: boolean;
}

/** Keeps an order until it may change: no hand on the board, and five seconds since the last change. */
export class Ordering {
  #ids: string[] = [];
  #changedAt = -REORDER_EVERY_MS;
  #by: By = "acuity";

  next(beds: Iterable<Bed>, by: By, { handOn, filling }: { handOn: boolean; filling: boolean }, now: number): Order {
    const target = wanted(beds, by);
    const known = new Set(this.#ids);
    const here = new Set(target);
    // Who came or left changes the board at once; newcomers wait at the end until an order is due.
    const kept = [...this.#ids.filter((id) => here.has(id)), ...target.filter((id) => !known.has(id))];
    const same = kept.every((id, place) => id === target[place]);
    const due = by !== this.#by || known.size === 0 || filling || (!handOn && now - this.#changedAt >= REORDER_EVERY_MS);
    if (!same && due) this.#changedAt = now;
    this.#ids = same || due ? target : kept;
    this.#by = by;
    return { ids: this.#ids, waiting: !same && !due && handOn };
  }

  /** Take the wanted order now: somebody asked for it. */
  release(): void {
    this.#ids = [];
  }
}
