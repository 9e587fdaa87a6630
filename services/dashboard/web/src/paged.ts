// The page that led here: the notifier ends each of its links with `?escalation=`.

export interface Paged {
  state: "open" | "over" | "unknown";
  unit?: string;
  bed?: string;
  /** Only while the bed is on the board. */
  patient_id?: string;
  /** The alarm as it is called now: it may have climbed since the page. */
  escalation_id?: string;
}

const AGAIN_MS = 1000;

const asked = (): string | null => new URLSearchParams(location.search).get("escalation");

/** What has become of the page's alarm, asked until the board knows; null where nobody asks (any more). */
export async function findPaged(): Promise<Paged | null> {
  const id = asked();
  while (id && id === asked()) {
    const answer = await fetch(`/api/paged?escalation=${encodeURIComponent(id)}`).catch(() => null);
    if (answer?.ok) return (await answer.json()) as Paged;
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
  return null;
}

export function pagedSaid({ state, bed, patient_id }: Paged): string {
  if (state === "unknown") return "The alarm of your page is not on this board: it is too old, or of a unit you may not see.";
  const over = "The alarm you were paged for is over";
  return patient_id ? `${over}: ${bed || "its bed"} is shown as it is now.` : `${over}, and ${bed || "its bed"} is no longer on the board.`;
}

/** The sign-in page, and from there back to what is shown now. */
export const signInAddress = (): string => `/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`;
