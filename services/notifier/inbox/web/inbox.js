// Fetches the pages once a second and shows them by alarm, newest first. Text only: nothing received becomes markup.

const EVERY_MS = 1000;
const LOST_AFTER_MS = 4000;
const ROLES = {
  primary_nurse: "Primary nurse",
  charge_nurse: "Charge nurse",
  on_call_provider: "On-call provider",
  rapid_response: "Rapid response",
  house_supervisor: "House supervisor",
};

const byId = (id) => document.getElementById(id);
const known = new Set();
let answeredAt = Date.now();
let first = true;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

function roleName(role) {
  return ROLES[role] ?? role.replaceAll("_", " ");
}

// One card an alarm, however it climbs: calls name it, the end of it names the escalations that are over.
function byAlarm(pages) {
  const nameOf = new Map();
  for (const { data } of pages) if (data.alarm_id) nameOf.set(data.escalation_id, data.alarm_id);
  const alarms = new Map();
  for (const page of pages) {
    const id = nameOf.get(page.data.escalation_id) ?? page.data.escalation_id;
    if (!alarms.has(id)) alarms.set(id, { id, pages: [], newest: page });
    const alarm = alarms.get(id);
    alarm.pages.push(page);
    if (!isFarewell(page)) alarm.call ??= page;
  }
  for (const alarm of alarms.values()) alarm.over = isFarewell(alarm.newest) && !alarm.newest.data.stands;
  return [...alarms.values()];
}

function isFarewell(page) {
  return page.type === "crs.alarm.resolved";
}

function tagsOf(page) {
  const tags = [];
  if (page.data.technical) tags.push("technical");
  if (page.data.delayed) tags.push("delayed");
  if (page.type === "crs.alarm.repeated") tags.push("called again");
  if (page.data.hops) tags.push(`step ${page.data.hop} of ${page.data.hops}`);
  return tags;
}

function callRow(page) {
  const row = element("li");
  const time = element("time", "", clock(page.received_at));
  time.dateTime = page.received_at;
  const repeated = page.times > 1 ? ` (sent ${page.times} times, one page)` : "";
  row.append(time, element("span", "who", roleName(page.data.to)));
  row.append(element("span", "why", `${page.data.why.replaceAll("_", " ")}${repeated}`));
  return row;
}

function topRow(alarm, shown) {
  const top = element("div", "top");
  top.append(element("span", "mark", shown.data.mark));
  top.append(element("span", "priority", alarm.over ? "over" : `${shown.data.priority} priority`));
  const place = shown.data.bed ? `${shown.data.unit}, bed ${shown.data.bed}` : shown.data.unit;
  top.append(element("span", "place", place));
  for (const tag of alarm.over ? [] : tagsOf(shown)) top.append(element("span", "tag", tag));
  const when = element("time", "when", `raised ${clock(shown.data.raised_at)}`);
  when.dateTime = shown.data.raised_at;
  top.append(when);
  return top;
}

function card(alarm) {
  const shown = alarm.call ?? alarm.newest;
  const made = element("li", `alarm ${alarm.over ? "over" : shown.data.priority}`);
  if (!first && !known.has(alarm.newest.id)) made.classList.add("fresh");
  const middle = element("div", "middle");
  const open = element("a", "open", alarm.over ? "Open on the board" : "Open on the board to acknowledge");
  if (/^https?:/.test(alarm.newest.data.link)) open.href = alarm.newest.data.link;
  middle.append(element("p", "message", alarm.newest.data.message), open);
  made.append(topRow(alarm, shown), middle);
  const calls = element("ol", "calls");
  calls.setAttribute("aria-label", "Who was called");
  calls.append(...alarm.pages.map(callRow));
  made.append(calls);
  return made;
}

function announce(pages) {
  const news = pages.filter((page) => !known.has(page.id));
  const loud = news.find((page) => !isFarewell(page) && page.data.priority === "high");
  if (!first && loud) byId("announcement").textContent = `${loud.data.text}. ${loud.data.message}`;
  for (const page of pages) known.add(page.id);
  return news.length > 0;
}

function show(pages) {
  const alarms = byAlarm(pages);
  const list = byId("alarms");
  const focused = document.activeElement?.href;
  list.replaceChildren(...alarms.map(card));
  if (focused) [...list.querySelectorAll("a")].find((link) => link.href === focused)?.focus();
  const over = alarms.filter((alarm) => alarm.over).length;
  byId("calling").textContent = alarms.length - over;
  byId("over").textContent = over;
  byId("quiet").hidden = alarms.length > 0;
  document.title = `${alarms.length - over ? `(${alarms.length - over}) ` : ""}On-call inbox - CRS watch`;
}

function showConnection() {
  const lost = Date.now() - answeredAt > LOST_AFTER_MS;
  const shown = byId("connection");
  shown.classList.toggle("lost", lost);
  const text = lost ? `lost since ${clock(answeredAt)}` : "live";
  if (shown.textContent !== text) shown.textContent = text;
}

let drawn = "";
async function refresh() {
  try {
    const answer = await fetch("/pages", { cache: "no-store", signal: AbortSignal.timeout(3000) });
    const text = await answer.text();
    if (answer.ok) answeredAt = Date.now();
    if (answer.ok && text !== drawn) {
      drawn = text;
      const pages = JSON.parse(text);
      show(pages);
      announce(pages);
      first = false;
    }
  } catch {
    // showConnection says so; the next round tries again.
  }
  showConnection();
  setTimeout(refresh, EVERY_MS);
}

refresh();
