import type { Interval } from "./wire";
import { gradeSaid, gradeText } from "./words";

/** The grade: colour, shape and text say the same; an uncertain one is a range in a dashed frame. */
export function Grade({ name, grade }: { name: "CRS" | "ICANS"; grade: Interval | undefined }) {
  const text = grade ? gradeText(grade) : "?";
  const sure = grade !== undefined && grade.low === grade.high;
  const wide = text.length > 1;
  return (
    <div
      class={`grade ${name.toLowerCase()}`}
      role="img"
      aria-label={gradeSaid(name, grade)}
      data-low={grade?.known ? grade.low : undefined}
      data-high={grade?.high}
      data-sure={sure}
    >
      <span class={`shape ${sure ? `g${grade.low}` : `unsure g${grade?.high ?? 4}`}`}>
        <b class={wide ? "wide" : ""}>{text}</b>
      </span>
      <small>{grade && !grade.known && grade.high > 0 ? `${name} ≤ ${grade.high}` : name}</small>
    </div>
  );
}
