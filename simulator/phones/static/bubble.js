// Draws one bubble. The simulator's word is the truth; nothing here is remembered.

const WORDS = {
  sending: "sending…", delivered: "delivered", queued: "queued", accepted: "accepted", sent: "sent",
  read: "read", undelivered: "not delivered", failed: "failed",
};
const TICKS = { sending: "◷", sent: "✓", delivered: "✓", read: "✓✓" };

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(label, action, className) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

function attachment(item) {
  if (item.kind === "location") {
    const [latitude, longitude] = item.place;
    const place = element("p", "place", item.name || "Location");
    place.append(element("span", "", `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`));
    return place;
  }
  if (item.kind === "contact") return element("p", "card", item.name);
  if (["image", "sticker"].includes(item.kind) && item.url) {
    const image = element("img", item.kind);
    image.src = item.url;
    image.alt = item.name || (item.kind === "sticker" ? "Sticker" : "Picture");
    image.addEventListener("error", () => image.replaceWith(link(item)), { once: true });
    return image;
  }
  return link(item);
}

function link(item) {
  const found = element("a", "document", item.name || `${item.kind} file`);
  if (/^(https?:\/\/|\/)/.test(item.url)) found.href = item.url;
  found.target = "_blank";
  found.rel = "noopener";
  return found;
}

function meta(item) {
  const line = element("p", "meta");
  const time = new Date(item.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const word = item.side === "carrier" ? "from the network" : (WORDS[item.state] ?? item.state);
  const edited = item.edited ? "edited · " : "";
  line.append(element("span", "", `${time} · ${edited}`));
  const state = element("span", "state", item.error ? `${word} (${item.error})` : word);
  if (item.next_at) state.dataset.again = item.next_at;
  state.dataset.word = state.textContent;
  if (item.side === "out" && TICKS[item.state]) {
    const ticks = element("span", `ticks ${item.state}`, `${TICKS[item.state]} `);
    ticks.setAttribute("aria-hidden", "true");
    line.append(ticks);
  }
  line.append(state);
  line.classList.toggle("bad", /^(failed|undelivered|lost|the house)/.test(item.state));
  return line;
}

// `quoted` is the bubble that this one answers; `does` has what can be done: { tap, react, edit, revoke }.
export function drawBubble(item, quoted, does) {
  const row = element("li", item.side);
  const body = element("div", "text");
  if (quoted) body.append(element("blockquote", "", quoted.text || "…"));
  body.append(...item.attachments.map(attachment));
  const said = item.revoked ? "This message was deleted." : item.text;
  if (said) body.append(element("span", item.revoked ? "gone" : "", said));
  row.append(body);
  if (item.choices.length) row.append(choices(item, does));
  if (item.reaction) row.append(element("span", "reaction", item.reaction));
  const foot = element("div", "foot");
  foot.append(meta(item));
  const menu = doings(item, does);
  if (menu) foot.append(menu);
  row.append(foot);
  return row;
}

function choices(item, does) {
  const group = element("div", "choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", item.opener || "Choices");
  group.append(...item.choices.map((choice) => button(choice.label, () => does.tap(item, choice.id))));
  if (!item.opener) return group;
  const list = element("details", "list");
  list.append(element("summary", "", item.opener), group);
  return list;
}

function doings(item, does) {
  if (!item.id || item.revoked || item.side === "carrier") return null;
  const can = item.side === "in"
    ? [["👍", does.react && (() => does.react(item, item.reaction ? "" : "👍"))]]
    : [["Edit", does.edit && (() => does.edit(item))], ["Delete", does.revoke && (() => does.revoke(item))]];
  const found = can.filter(([, action]) => action);
  if (!found.length) return null;
  const menu = element("details", "pop doings");
  const summary = element("summary", "", "⋯");
  summary.setAttribute("aria-label", "What to do with this message");
  const sheet = element("div", "sheet");
  for (const [label, action] of found) {
    const made = button(label, () => { menu.open = false; action(); });
    if (label === "👍") made.setAttribute("aria-label", item.reaction ? "Take the reaction back" : "React with 👍");
    sheet.append(made);
  }
  menu.append(summary, sheet);
  return menu;
}

// Counts down to the next try of what the house did not take.
export function countDown(root) {
  for (const state of root.querySelectorAll("[data-again]")) {
    const left = Math.ceil(Number(state.dataset.again) - Date.now() / 1000);
    const when = left > 0 ? `will retry in ${left} s` : "retrying now";
    state.textContent = `${state.dataset.word}, ${when}`;
  }
}
