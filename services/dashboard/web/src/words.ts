// Times and names as they are said at the bedside.

import { LANGUAGE } from "./language";
import type { Alarm, Attempt, Interval, Sign } from "./wire";

/** "Never measured: temperature, SpO₂. Never charted: oxygen device": what widens the grade, by how it is missing. */
export function missingSaid(missing: { name: string; how: string }[]): string {
  const hows = [...new Set(missing.map((gap) => gap.how))];
  const said = hows.map((how) => {
    const names = missing.filter((gap) => gap.how === how).map((gap) => gap.name);
    return `${how}: ${names.join(", ")}`.replace(/^./, (first) => first.toUpperCase());
  });
  return said.join(". ");
}

export interface SignName {
  key: string;
  short: string;
  long: string;
  unit: string;
  digits: number;
}

export const SIGNS: SignName[] = [
  { key: "temperature_c", short: "Temp", long: "Temperature", unit: "°C", digits: 1 },
  { key: "heart_rate_bpm", short: "HR", long: "Heart rate", unit: "/min", digits: 0 },
  { key: "sbp_mmhg", short: "BP", long: "Blood pressure", unit: "mmHg", digits: 0 },
  { key: "spo2_pct", short: "SpO₂", long: "Oxygen saturation", unit: "%", digits: 0 },
  { key: "resp_rate_bpm", short: "RR", long: "Respiratory rate", unit: "/min", digits: 0 },
];

const ROLES: Record<string, string> = { nurse: "nurse", charge_nurse: "charge nurse", provider: "provider", viewer: "viewer" };

export const plain = (word: string): string => word.replaceAll("_", " ");
export const roleName = (role: string): string => ROLES[role] ?? plain(role);

/** How long ago, short enough for a tile: "now", "12 s", "14 min", "3 h 05". */
export function age(at: string | undefined, nowMs: number): string {
  if (at === undefined) return "";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} days`;
}

const short = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const clock = (at: string | number): string => short.format(typeof at === "number" ? at : Date.parse(at));
export const clockSeconds = (atMs: number): string => exact.format(atMs);

/** Days since the infusion; the day of the infusion is day 0. */
export function dayOf(dosedAt: string, nowMs: number): number {
  return Math.floor((nowMs - Date.parse(dosedAt)) / 86_400_000);
}

/** The grade as it is shown: "2", "1–4", or "?" where nothing is established. */
export function gradeText(grade: Interval): string {
  if (grade.low === grade.high) return String(grade.low);
  return grade.known ? `${grade.low}–${grade.high}` : "?";
}

/** The same for those who listen. */
export function gradeSaid(name: string, grade: Interval | undefined): string {
  if (!grade) return `${name} not graded`;
  if (grade.low === grade.high) return `${name} grade ${grade.low}, estimated`;
  if (!grade.known) return `${name} grade unknown, up to ${grade.high} not excluded`;
  return `${name} grade ${grade.low} to ${grade.high}, estimated`;
}

export function valueText(sign: Sign, digits: number): string {
  return typeof sign.value === "number" ? sign.value.toFixed(digits) : plain(String(sign.value ?? ""));
}

const REACHED: Record<Attempt["state"], string> = {
  queued: "page queued",
  sent: "paged",
  delivered: "page delivered",
  read: "page read",
  acknowledged: "page answered",
  failed: "PAGE FAILED",
};

/** How far the page came. */
export function deliverySaid(alarm: Alarm): string {
  if (alarm.delivery) return REACHED[alarm.delivery.state];
  return alarm.state === "not_taken" ? "not paged yet" : "";
}

export const STARS: Record<Alarm["priority"], string> = { high: "***", medium: "**", low: "*" };

export const isUnanswered = (alarm: Alarm): boolean =>
  alarm.state === "unacknowledged" || alarm.state === "cleared_unacknowledged" || alarm.state === "not_taken";
