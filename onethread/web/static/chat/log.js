// Draws the conversation: lines by number, own messages on their way below them. Text nodes only.
import { marked } from "../shared/linkify.js";
import { element, isPicture } from "./files.js";
import { Shown } from "./shown.js";

const SAME_MS = 5 * 60_000;

export class Log {
  #root;
  #texts;
  #on;
  #shown;
  #time;
  #date;
  #own = new Map();
  #seqs = new Set();
  #seen = 0;

  constructor(root, { headers, ...on }) {
    this.#root = root;
    this.#on = on;
    this.#shown = new Shown(headers);
  }

  // Says everything in this language from now on, what is drawn already too.
  speak(texts, language) {
    this.#texts = texts;
    this.#time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
    this.#shown.speak(texts, language);
    for (const entry of this.#root.querySelectorAll(".entry")) {
      const time = entry.querySelector("time");
      if (time) time.textContent = this.#time.format(new Date(time.dateTime));
      const note = entry.dataset.note;
      if (note) entry.querySelector(".bubble").textContent = texts[note];
      if (entry.dataset.state) this.#setState(entry, entry.dataset.state, true);
    }
    this.#arrange();
  }

  get isEmpty() {
    return this.#root.childElementCount === 0;
  }

  clear() {
    this.#root.replaceChildren();
    this.#own.clear();
    this.#seqs.clear();
    this.#seen = 0;
  }

  // A sentence of the page itself, by its key.
  showNote(key) {
    const entry = this.#entry("house", new Date());
    entry.dataset.seq = 0;
    entry.dataset.note = key;
    entry.append(this.#bubble(this.#texts[key]));
    this.#root.append(entry);
    this.#arrange();
  }

  // An own message that has no number yet.
  showOwn({ id, text, at, files = [] }, state) {
    if (this.#own.has(id)) return;
    const entry = this.#entry("me", new Date(at));
    this.#fill(entry, [{ text, files }]);
    entry.append(this.#meta(new Date(at)));
    entry.dataset.state = "";
    this.#own.set(id, entry);
    this.#root.append(entry);
    this.mark(id, state);
    this.#arrange();
  }

  // What the server has accepted and nobody has taken up yet: from here or from another tab.
  showWaiting(items) {
    for (const item of items) {
      if (item.text || item.files.length) this.showOwn(item, "sent");
      this.mark(item.id, "sent");
    }
  }

  showLine(line) {
    if (this.#seqs.has(line.seq)) return;
    this.#seqs.add(line.seq);
    const at = new Date(line.at);
    let entry = line.id ? this.#own.get(line.id) : undefined;
    this.#own.delete(line.id);
    // An own message stays as it was drawn if it can, so that nobody hears it twice.
    if (!entry || !isDrawn(entry, line)) {
      entry?.remove();
      entry = this.#entry(line.from, at);
      this.#fill(entry, line.parts);
      entry.append(this.#meta(at));
    }
    entry.dataset.seq = line.seq;
    entry.dataset.at = at.getTime();
    entry.dataset.agent = line.agent ?? "";
    // Numbered lines stand in order, and before everything that has no number yet.
    const before = [...this.#root.querySelectorAll("[data-seq]")].findLast((e) => Number(e.dataset.seq) < line.seq);
    const first = before ? before.nextElementSibling : this.#root.firstElementChild;
    if (!sameFrom(first, entry)) {
      if (before) before.after(entry);
      else this.#root.prepend(entry);
    }
    if (line.from === "me") {
      this.#setState(entry, line.seq <= this.#seen ? "seen" : "delivered");
      this.#closeChoices(entry, line.parts[0]?.text);
    }
    this.#arrange();
  }

  // Everything of the customer up to this number was seen by whoever answers.
  markSeen(seq) {
    this.#seen = seq;
    for (const entry of this.#root.querySelectorAll('.me[data-state="delivered"]'))
      if (Number(entry.dataset.seq) <= seq) this.#setState(entry, "seen");
    this.#arrange();
  }

  mark(id, state, retry = null) {
    const entry = this.#own.get(id);
    if (!entry) return;
    this.#setState(entry, state);
    if (state !== "failed" || !retry) return;
    const again = Object.assign(element("button", "retry"), { type: "button", textContent: this.#texts.retry });
    again.addEventListener("click", () => {
      entry.remove();
      this.#own.delete(id);
      retry();
    });
    entry.querySelector(".meta").append(again);
  }

  markSending(state) {
    for (const entry of this.#own.values()) if (entry.dataset.state === "sending") this.#setState(entry, state);
  }

  #setState(entry, state, anew = false) {
    if (entry.dataset.state === state && !anew) return;
    entry.dataset.state = state;
    const meta = entry.querySelector(".meta");
    meta.querySelector(".tick").textContent = this.#texts[state];
    meta.querySelector(".retry")?.remove();
    meta.classList.toggle("busy", state === "sending" || state === "waiting");
    meta.classList.toggle("bad", state === "failed");
  }

  #entry(from, at) {
    const entry = element("div", `entry ${from}`);
    entry.dataset.at = at.getTime();
    return entry;
  }

  #fill(entry, parts) {
    for (const { text, spans, files, buttons } of parts) {
      for (const file of files)
        entry.append(isPicture(file.type) ? this.#shown.picture(file) : this.#shown.document(file));
      if (text) entry.append(this.#bubble(text, spans));
      if (buttons?.length) entry.append(this.#choices(buttons));
    }
  }

  #bubble(text, spans = []) {
    const bubble = element("div", "bubble");
    bubble.dir = "auto";
    bubble.append(marked(text, spans));
    return bubble;
  }

  #meta(at) {
    const meta = element("div", "meta");
    const time = element("time");
    time.dateTime = at.toISOString();
    time.textContent = this.#time.format(at);
    meta.append(time, element("span", "tick"));
    return meta;
  }

  #choices(buttons) {
    const list = element("ul", "choices");
    for (const button of buttons) {
      const choice = Object.assign(element("button", "choice"), { type: "button", textContent: button.title });
      choice.dir = "auto";
      choice.addEventListener("click", () => {
        this.#close(list, button.title);
        this.#on.tap(button);
      });
      const item = element("li");
      item.append(choice);
      list.append(item);
    }
    return list;
  }

  // Once the customer went on, earlier choices are history: shown, not offered.
  #closeChoices(entry, chosen) {
    for (const list of this.#root.querySelectorAll(".choices")) {
      const isEarlier = list.compareDocumentPosition(entry) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (isEarlier && !list.dataset.closed) this.#close(list, chosen);
    }
  }

  #close(list, chosen) {
    list.dataset.closed = "yes";
    for (const choice of list.querySelectorAll("button")) {
      choice.setAttribute("aria-pressed", String(choice.textContent === chosen));
      choice.disabled = true;
    }
  }

  // Days, names and times. What stands already is left alone: a screen reader would say it again.
  #arrange() {
    const entries = [...this.#root.querySelectorAll(".entry")];
    const days = new Set();
    let day = "";
    let before = null;
    entries.forEach((entry, index) => {
      const at = new Date(Number(entry.dataset.at));
      if (at.toDateString() !== day) {
        day = at.toDateString();
        before = null;
        days.add(this.#separate(entry, this.#dayName(at)));
      }
      const turned = !before || speaker(before) !== speaker(entry);
      entry.classList.toggle("turned", turned);
      this.#nameIt(entry, turned && !entry.classList.contains("house"));
      const next = entries[index + 1];
      const goesOn = next && speaker(next) === speaker(entry) && next.dataset.at - entry.dataset.at < SAME_MS;
      entry.classList.toggle("last", !goesOn || next.dataset.state !== entry.dataset.state);
      before = entry;
    });
    for (const old of this.#root.querySelectorAll(".day")) if (!days.has(old)) old.remove();
  }

  #separate(entry, label) {
    const above = entry.previousElementSibling;
    const separator = above?.className === "day" ? above : element("div", "day");
    if (separator.textContent !== label) separator.textContent = label;
    if (separator !== above) entry.before(separator);
    return separator;
  }

  #nameIt(entry, wanted) {
    const old = entry.querySelector(".name");
    if (!wanted) {
      old?.remove();
      return;
    }
    const own = entry.classList.contains("me");
    const said = own
      ? this.#texts.you
      : entry.classList.contains("agent")
        ? entry.dataset.agent || this.#texts.aPerson
        : this.#texts.assistant;
    if (old?.textContent === said) return;
    const name = old ?? element("p", own ? "name hidden-text" : "name");
    name.textContent = said;
    if (!old) entry.prepend(name);
  }

  #dayName(at) {
    const today = new Date();
    const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
    if (at.toDateString() === today.toDateString()) return this.#texts.today;
    if (at.toDateString() === yesterday.toDateString()) return this.#texts.yesterday;
    return this.#date.format(at);
  }
}

function speaker(entry) {
  return `${entry.className.replace(/ (turned|last)/gu, "")}|${entry.dataset.agent ?? ""}`;
}

// Whether the entry says what the server kept (which may be less: card numbers are masked).
function isDrawn(entry, line) {
  const said = [...entry.querySelectorAll(".bubble")].map((bubble) => bubble.textContent).join("\n");
  return said === line.parts.map((part) => part.text).join("\n");
}

// Whether the next entry from here on, day separators left out, is this one.
function sameFrom(start, entry) {
  let at = start;
  while (at && at.className === "day") at = at.nextElementSibling;
  return at === entry;
}
