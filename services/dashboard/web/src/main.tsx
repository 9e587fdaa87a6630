import "./language";
import { render } from "preact";
import { App } from "./App";
import { signInAddress } from "./paged";
import type { Me } from "./wire";

const place = document.getElementById("board") as HTMLElement;

async function start(): Promise<void> {
  const answer = await fetch("/api/me").catch(() => null);
  if (answer?.status === 401) return location.assign(signInAddress());
  if (!answer?.ok) {
    setTimeout(() => void start(), 1000);
    return;
  }
  place.replaceChildren();
  render(<App me={(await answer.json()) as Me} />, place);
}

void start();
