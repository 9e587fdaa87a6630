// Answers to alarms. The same press keeps its id, so trying again can never count twice.

import type { Alarm, Me } from "./wire";

export interface Answer {
  action: "acknowledge" | "snooze" | "note";
  reason?: string;
  minutes?: number;
  text?: string;
}

export interface Sending {
  state: "sending" | "sent" | "failed";
  action: Answer["action"];
  why?: string;
}

const ids = new Map<string, string>();

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function idOf(alarm: Alarm, answer: Answer): string {
  const press = [alarm.escalation_id, alarm.revision, JSON.stringify(answer)].join("|");
  const id = ids.get(press) ?? newId();
  ids.set(press, id);
  return id;
}

/** Send an answer to the alarm as it is on the screen; "sent" means that Kafka has it, no more. */
export async function send(alarm: Alarm, answer: Answer, me: Me): Promise<Sending> {
  const seen = alarm.grade === undefined ? { revision: alarm.revision } : { revision: alarm.revision, grade: alarm.grade };
  const body = { response_id: idOf(alarm, answer), escalation_id: alarm.escalation_id, seen, ...answer };
  try {
    const reply = await fetch("/api/responses", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": me.csrf },
      body: JSON.stringify(body),
    });
    if (reply.ok) return { state: "sent", action: answer.action };
    const { why } = (await reply.json()) as { why?: string };
    return { state: "failed", action: answer.action, why: why ?? "Not sent. Try again." };
  } catch {
    return { state: "failed", action: answer.action, why: "Not sent: no connection. Try again, or call." };
  }
}
