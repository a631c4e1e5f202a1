// Draws the conversation: lines by number, own messages on their way below them. Text nodes only.
import { linkify } from "../shared/linkify.js";

const SAME_MS = 5 * 60_000;

export class Log {
  #root;
  #texts;
  #on;
  #time;
  #date;
  #own = new Map();
  #seqs = new Set();

  constructor(root, texts, language, on) {
    this.#root = root;
    this.#texts = texts;
    this.#on = on;
    this.#time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.#date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  }

  get isEmpty() {
    return this.#root.childElementCount === 0;
  }

  clear() {
    this.#root.replaceChildren();
    this.#own.clear();
    this.#seqs.clear();
  }

  showNote(text) {
    const entry = this.#entry("house", new Date());
    entry.dataset.seq = 0;
    entry.append(this.#bubble(text));
    this.#root.append(entry);
  }

  // An own message that has no number yet.
  showOwn({ id, text, at }, state) {
    if (this.#own.has(id)) return;
    const entry = this.#entry("me", new Date(at));
    entry.append(this.#bubble(text), this.#meta(new Date(at)));
    entry.dataset.state = "";
    this.#own.set(id, entry);
    this.#root.append(entry);
    this.mark(id, state);
    this.#arrange();
  }

  // What the server has accepted and nobody has taken up yet: from here or from another tab.
  showWaiting(items) {
    for (const { id, text, at } of items) {
      if (text) this.showOwn({ id, text, at }, "sent");
      this.mark(id, "sent");
    }
  }

  showLine(line) {
    if (this.#seqs.has(line.seq)) return;
    this.#seqs.add(line.seq);
    if (line.id && this.#own.has(line.id)) {
      this.#own.get(line.id).remove();
      this.#own.delete(line.id);
    }
    const at = new Date(line.at);
    const entry = this.#entry(line.from, at);
    entry.dataset.seq = line.seq;
    entry.dataset.agent = line.agent ?? "";
    for (const part of line.parts) {
      if (part.text) entry.append(this.#bubble(part.text));
      if (part.buttons.length) entry.append(this.#choices(part.buttons));
    }
    entry.append(this.#meta(at));
    // Numbered lines stand in order, and before everything that has no number yet.
    const after = [...this.#root.querySelectorAll("[data-seq]")].findLast((e) => Number(e.dataset.seq) < line.seq);
    if (after) after.after(entry);
    else this.#root.prepend(entry);
    if (line.from === "me") {
      this.#setState(entry, "delivered");
      this.#closeChoices(entry, line.parts[0]?.text);
    }
    this.#arrange();
  }

  mark(id, state) {
    const entry = this.#own.get(id);
    if (entry) this.#setState(entry, state);
  }

  markSending(state) {
    for (const entry of this.#own.values()) if (entry.dataset.state === "sending") this.#setState(entry, state);
  }

  #setState(entry, state) {
    if (entry.dataset.state === state) return;
    entry.dataset.state = state;
    const meta = entry.querySelector(".meta");
    const tick = meta.querySelector(".tick");
    tick.textContent = this.#texts[state];
    meta.classList.toggle("busy", state === "sending" || state === "waiting");
    meta.classList.toggle("bad", state === "failed");
  }

  #entry(from, at) {
    const entry = document.createElement("div");
    entry.className = `entry ${from}`;
    entry.dataset.at = at.getTime();
    return entry;
  }

  #bubble(text) {
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.dir = "auto";
    bubble.append(linkify(text));
    return bubble;
  }

  #meta(at) {
    const meta = document.createElement("div");
    meta.className = "meta";
    const time = document.createElement("time");
    time.dateTime = at.toISOString();
    time.textContent = this.#time.format(at);
    const tick = document.createElement("span");
    tick.className = "tick";
    meta.append(time, tick);
    return meta;
  }

  #choices(buttons) {
    const list = document.createElement("ul");
    list.className = "choices";
    for (const button of buttons) {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.className = "choice";
      choice.textContent = button.title;
      choice.addEventListener("click", () => {
        this.#close(list, button.title);
        this.#on.tap(button);
      });
      const item = document.createElement("li");
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

  // Days, names and times, drawn anew from the order of the entries.
  #arrange() {
    for (const old of this.#root.querySelectorAll(".day, .name")) old.remove();
    const entries = [...this.#root.querySelectorAll(".entry")];
    let day = "";
    let before = null;
    entries.forEach((entry, index) => {
      const at = new Date(Number(entry.dataset.at));
      if (at.toDateString() !== day) {
        day = at.toDateString();
        before = null;
        const separator = document.createElement("div");
        separator.className = "day";
        separator.textContent = this.#dayName(at);
        entry.before(separator);
      }
      const turned = !before || speaker(before) !== speaker(entry);
      entry.classList.toggle("turned", turned);
      if (turned && !entry.classList.contains("house")) entry.prepend(this.#name(entry));
      const next = entries[index + 1];
      const goesOn = next && speaker(next) === speaker(entry) && next.dataset.at - entry.dataset.at < SAME_MS;
      entry.classList.toggle("last", !goesOn || next.dataset.state !== entry.dataset.state);
      before = entry;
    });
  }

  #name(entry) {
    const name = document.createElement("p");
    const own = entry.classList.contains("me");
    name.className = own ? "name hidden-text" : "name";
    name.textContent = own
      ? this.#texts.you
      : entry.classList.contains("agent")
        ? entry.dataset.agent || this.#texts.aPerson
        : this.#texts.assistant;
    return name;
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
