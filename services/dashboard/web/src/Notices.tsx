import { ungradedSince } from "./grading";
import { pagedSaid, signInAddress, type Paged } from "./paged";
import type { Ward } from "./stream";
import { clockSeconds } from "./words";

/** What is wrong with the board itself, in sentences, above the beds. */
export function Notices({ ward, nowMs }: { ward: Ward; nowMs: number }) {
  if (ward.link === "lost" || ward.link === "signed_out") return <Lost ward={ward} nowMs={nowMs} />;
  const stopped = [...ward.beds.values()].map((bed) => ungradedSince(bed, ward)).filter((since) => since !== null);
  return (
    <>
      {stopped.length > 0 && (
        <p class="notice-bar" role="alert" data-notice="grading">
          <b>
            {Math.max(...stopped) > 0
              ? `Grading stopped at ${clockSeconds(Math.max(...stopped))}`
              : "Grading has not been heard since this board started"}
          </b>{" "}
          for {stopped.length === ward.beds.size ? "all beds" : `${stopped.length} of ${ward.beds.size} beds`}. Grades shown are the
          last known. Watch the patients.
        </p>
      )}
      <Unreadable ward={ward} />
    </>
  );
}

/** What a nurse can do about a record that nobody could read: not trust this screen alone, and have somebody look. */
function Unreadable({ ward }: { ward: Ward }) {
  const { unreadable = 0, unreadable_ms: lastMs = 0 } = ward.pulse ?? {};
  if (unreadable === 0) return null;
  return (
    <p class="notice-bar" data-notice="unreadable">
      <b>{unreadable === 1 ? "A message to this board" : `${unreadable} messages to this board`} could not be read</b>,{" "}
      {unreadable === 1 ? "sent" : "the last one sent"} at {clockSeconds(lastMs)}. What was in {unreadable === 1 ? "it" : "them"} is
      missing here: compare with the monitors, and tell whoever looks after this system (details are in the board's log).
    </p>
  );
}

function Lost({ ward, nowMs }: { ward: Ward; nowMs: number }) {
  const seconds = Math.round((nowMs - ward.heardMs) / 1000);
  return (
    <p class="notice-bar lost" role="alert" data-notice="lost">
      <b>{ward.link === "lost" ? "Connection lost." : "You are signed out."}</b> Last update{" "}
      <time>{clockSeconds(ward.heardMs)}</time>, <span aria-hidden="true">{seconds} s ago</span>. What you see is from then.{" "}
      {ward.link === "lost" ? "Reconnecting." : <a href={signInAddress()}>Sign in again</a>}
    </p>
  );
}

/** What became of the page's alarm where it is not open any more. */
export function PagedNotice({ paged, onClose }: { paged: Paged | null; onClose: () => void }) {
  if (!paged || paged.state === "open") return null;
  return (
    <p class="notice-bar calm" role="status" data-notice="paged">
      {pagedSaid(paged)}{" "}
      <button type="button" class="quiet" onClick={onClose}>
        Close
      </button>
    </p>
  );
}
