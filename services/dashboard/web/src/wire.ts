// What the server sends, as services/dashboard/tiles.py, alarm_list.py and ward.py make it.

export type Priority = "high" | "medium" | "low";
export type SignState = "fresh" | "stale" | "lost" | "never";

export interface Interval {
  low: number;
  high: number;
  /** False where nothing is established: no data is not Grade 0. */
  known: boolean;
}

export interface Sign {
  value?: number | string;
  observed_at?: string;
  state: SignState;
  source?: string;
  bp_source?: string;
  flags?: string[];
}

export interface Reason {
  rule: string;
  text?: string;
  value?: number | string | boolean;
  threshold?: number | string | boolean;
  unit?: string;
  citation?: string;
  would_change?: string;
}

export interface Attempt {
  state: "queued" | "sent" | "delivered" | "read" | "acknowledged" | "failed";
  channel: string;
  recipient_role: string;
  attempt: number;
  at: string;
  code?: string;
}

export interface Alarm {
  escalation_id: string;
  kind: string;
  headline: string;
  priority: Priority;
  grade?: number;
  sign?: string;
  state: "unacknowledged" | "acknowledged" | "snoozed" | "cleared_unacknowledged" | "not_taken";
  revision: number;
  raised_at: string;
  occurred_at?: string;
  late?: boolean;
  resolved?: string;
  actor?: string;
  acted_at?: string;
  until?: string;
  next_step?: { at: string; role: string };
  delivery?: Attempt;
  attempts?: Attempt[];
  sent?: { response_id: string; action: string; author: string; at: string };
  refused?: { response_id: string; reason?: string };
}

export interface Bed {
  patient_id: string;
  partition: number;
  unit: string;
  bed: string;
  encounter: "admitted" | "off_unit" | "discharged" | "unknown";
  signs: Record<string, Sign>;
  alarms: Alarm[];
  as_of?: string;
  revision?: number;
  product?: string;
  dosed_at?: string;
  crs?: Interval;
  icans?: Interval;
  held?: { to: number; until: string };
  max_grade?: number;
  drivers?: string[];
  why?: string[];
  because?: Reason[];
  missing?: { input: string; name: string; how: string }[];
  support?: Record<string, Sign>;
  scores?: Record<string, unknown>;
  prompts?: string[];
  rules?: string;
}

export interface Pulse {
  now_ms: number;
  live: boolean;
  history_read: boolean;
  unreadable: number;
  unreadable_ms: number;
  ticks_ms: Record<string, number>;
}

export interface Snapshot extends Pulse {
  beds: Bed[];
  units: string[];
}

export interface Announcement extends Alarm {
  patient_id: string;
  bed: string;
  unit: string;
}

export interface Me {
  name: string;
  role: string;
  units: string[];
  may_answer: boolean;
  csrf: string;
}
