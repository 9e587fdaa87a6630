import { useState } from "preact/hooks";
import { send, type Answer, type Sending } from "./answer";
import type { Alarm, Me } from "./wire";

const REASONS = ["At the bedside", "Team is informed, waiting for orders", "Known artefact, being fixed", "Patient off the unit"];
const MINUTES = [5, 10, 20, 30];
// The notifier decides; a form that can only be refused is not offered (alerting.md 2.5).
const NO_SNOOZE_FROM_GRADE = 3;

/** Snooze with a reason and a time, or a note. */
export function AnswerForm({ alarm, me }: { alarm: Alarm; me: Me }) {
  const [sending, setSending] = useState<Sending | null>(null);
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const outcome = await send(alarm, answerOf(form, event.submitter?.getAttribute("value") ?? "note"), me);
    setSending(outcome);
    if (outcome.state === "sent") form.reset();
  };
  const canSnooze = (alarm.grade ?? 0) < NO_SNOOZE_FROM_GRADE;
  return (
    <form class="answer" onSubmit={(event) => void submit(event)}>
      {canSnooze ? (
        <div>
          <label>
            Reason
            <select name="reason">
              {REASONS.map((reason) => (
                <option key={reason}>{reason}</option>
              ))}
            </select>
          </label>
          <label>
            Minutes
            <select name="minutes">
              {MINUTES.map((minutes) => (
                <option key={minutes}>{minutes}</option>
              ))}
            </select>
          </label>
          <button type="submit" value="snooze">
            Snooze
          </button>
        </div>
      ) : (
        <p>Grade 3 and 4 alarms cannot be snoozed.</p>
      )}
      <div>
        <label>
          Note
          <input name="text" maxLength={2000} autocomplete="off" />
        </label>
        <button type="submit" value="note">
          Add note
        </button>
      </div>
      <p role="status">{sending ? (sending.state === "sent" ? "Sent." : sending.why) : ""}</p>
    </form>
  );
}

function answerOf(form: HTMLFormElement, action: string): Answer {
  const given = new FormData(form);
  if (action === "snooze") return { action, reason: String(given.get("reason")), minutes: Number(given.get("minutes")) };
  return { action: "note", text: String(given.get("text") ?? "") };
}
