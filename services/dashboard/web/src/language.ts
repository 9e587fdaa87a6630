// A browser started in a POSIX locale names its language `en-US@posix`; no formatter takes that, and a library that asks
// for one while it loads would leave the ward with an empty page. Imported before everything else.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-GB" });
  Object.defineProperty(navigator, "languages", { value: ["en-GB"] });
}

// The board speaks English and the 24-hour clock, whatever the wall computer is set to.
export const LANGUAGE = "en-GB";
