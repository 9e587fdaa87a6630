import { useState } from "preact/hooks";
import { send, type Sending } from "./answer";
import type { Alarm, Me } from "./wire";
import { age, clock, deliverySaid, isUnanswered, plain, roleName, STARS } from "./words";

interface Props {
  alarm: Alarm;
  me: Me;
  bed: string;
  nowMs: number;
  others?: number;
}

const LONG_WAIT_MS = 10_000;

/** One alarm: what it is, how far its page came, who answered, and the button to answer it. */
export function AlarmStrip({ alarm, me, bed, nowMs, others = 0 }: Props) {
  const [sending, setSending] = useState<Sending | null>(null);
  const acknowledge = async (): Promise<void> => {
    setSending({ state: "sending", action: "acknowledge" });
    setSending(await send(alarm, { action: "acknowledge" }, me));
  };
  const unanswered = isUnanswered(alarm);
  return (
    <div class={`alarm ${alarm.priority} ${unanswered ? "unanswered" : "answered"}`} data-alarm={alarm.escalation_id} data-state={alarm.state}>
      <span class="stars" aria-label={`${alarm.priority} priority`} role="img">
        {STARS[alarm.priority]}
      </span>
      <p>
        <b>{alarm.headline}</b>
        <small class={sending?.state === "failed" || alarm.refused ? "trouble" : ""}>
          {others > 0 && <em>+{others} more · </em>}
          {status(alarm, sending, nowMs)}
        </small>
      </p>
      {unanswered && me.may_answer && (
        <button
          type="button"
          class="acknowledge"
          disabled={sending?.state === "sending" || alarm.sent !== undefined}
          aria-label={`Acknowledge ${alarm.headline}, bed ${bed}`}
          onClick={() => void acknowledge()}
        >
          {alarm.sent ? "Sent" : sending?.state === "sending" ? "Sending" : "Acknowledge"}
        </button>
      )}
    </div>
  );
}

/** The one line that matters most now. */
export function status(alarm: Alarm, sending: Sending | null, nowMs: number): string {
  if (sending?.state === "failed") return sending.why ?? "Not sent";
  if (alarm.sent) return sentSaid(alarm.sent, nowMs);
  if (alarm.refused && isUnanswered(alarm)) return `Not accepted: ${alarm.refused.reason ?? "look again"} · ${age(alarm.raised_at, nowMs)} ago`;
  if (alarm.state === "acknowledged") return `${alarm.actor ?? "Somebody"}, ${timed(alarm)}`;
  if (alarm.state === "snoozed") return `Snoozed by ${alarm.actor ?? "somebody"}, ${timed(alarm)}`;
  const parts = [`${age(alarm.raised_at, nowMs)} ago`, deliverySaid(alarm)];
  if (alarm.state === "cleared_unacknowledged") parts.unshift("over, not yet acknowledged");
  if (alarm.state === "not_taken" && nowMs - Date.parse(alarm.raised_at) > patienceMs(alarm)) parts[1] = "NOT PAGED: pager service silent";
  if (alarm.next_step) parts.push(`next ${roleName(alarm.next_step.role)} ${clock(alarm.next_step.at)}`);
  return parts.filter(Boolean).join(" · ");
}

/** How long the notifier may take; silence of a monitor it holds for a minute, for the whole unit may be silent. */
const patienceMs = (alarm: Alarm): number => (alarm.kind === "technical_silent" ? 75_000 : LONG_WAIT_MS);

function timed(alarm: Alarm): string {
  const at = alarm.acted_at ? clock(alarm.acted_at) : "";
  return alarm.until ? `${at} until ${clock(alarm.until)}` : at;
}

function sentSaid(sent: NonNullable<Alarm["sent"]>, nowMs: number): string {
  const waitsMs = nowMs - Date.parse(sent.at);
  const what = sent.action === "acknowledge" ? "Acknowledgement" : plain(sent.action).replace(/^./, (c) => c.toUpperCase());
  const still = waitsMs > LONG_WAIT_MS ? `, no answer for ${Math.floor(waitsMs / 1000)} s` : "";
  return `${what} sent by ${sent.author}${still}`;
}
