import { useEffect, useState } from "preact/hooks";
import type { Ward } from "./stream";
import { isUnanswered } from "./words";

const SUMMARY_EVERY_MS = 5000;

/** For those who listen: a new urgent alarm at once, everything else as one summary at most every five seconds. */
export function Spoken({ ward }: { ward: Ward }) {
  const [summary, setSummary] = useState("");
  const alarms = [...ward.beds.values()].flatMap((bed) => bed.alarms).filter(isUnanswered).length;
  const current = `${ward.beds.size} beds, ${alarms} alarms unanswered`;
  useEffect(() => {
    const timer = setTimeout(() => setSummary(current), SUMMARY_EVERY_MS);
    return () => clearTimeout(timer);
  }, [current]);
  const urgent = ward.spoken?.alarm.priority === "high" ? ward.spoken : null;
  return (
    <div class="unseen">
      <p role="status">{summary}</p>
      <p role="alert" key={urgent?.count}>
        {urgent && `Bed ${urgent.alarm.bed}: ${urgent.alarm.headline}, high priority`}
      </p>
    </div>
  );
}
