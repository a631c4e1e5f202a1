// One phone: its thread, what can be sent from it, and the trouble its platform can be told to make.
import * as server from "./server.js";
import { countDown, drawBubble } from "./bubble.js";

const HINTS = ["Where is my order 1042?", "and when does it arrive?", "I want to talk to a person"];
// What each kind of phone is called, and what its owner can do there.
const KINDS = {
  sms: { title: "SMS", lost: 30005, more: ["file", "STOP", "START"] },
  whatsapp: {
    title: "WhatsApp", lost: 131026, changes: ["react", "edit", "revoke"],
    more: ["file", "location", "contact", "sticker", "unsupported", "STOP", "START", "block", "unblock"],
  },
  whatsapp_twilio: {
    title: "WhatsApp (Twilio)", lost: 63024,
    more: ["file", "location", "contact", "sticker", "unsupported", "STOP", "START", "block", "unblock"],
  },
  telegram: {
    title: "Telegram", changes: ["react", "edit"],
    more: ["/start", "/stop", "file", "location", "contact", "sticker", "unsupported", "block", "unblock"],
  },
};
// Why little or nothing of the shop arrives.
const NOTICES = {
  blocked: "The shop is blocked: nothing arrives here.",
  stopped: "Opted out: nothing arrives here until START.",
  late: "A day without a message from here: only templates arrive.",
};
const LABELS = {
  file: "Photo or file…", location: "Location", contact: "My number", sticker: "Sticker",
  unsupported: "Something odd", block: "Block the shop", unblock: "Unblock the shop",
};
const TROUBLES = [
  ["Next send: 500", "faults", { kind: "server_error", code: 500 }],
  ["Next send: too many requests", "faults", { kind: "rate_limit", seconds: 5 }],
  ["Next send: answer is lost", "faults", { kind: "drop_after_accept" }],
  ["Next send: hangs for 5 s", "faults", { kind: "hang_after_accept", seconds: 5 }],
  ["Next send: a page of HTML", "faults", { kind: "html" }],
];
// Only where the platform reports what became of a message.
const REPORTED = [
  ["No receipts", "receipts", { how: "off" }],
  ["Receipts shuffled", "receipts", { how: "shuffled" }],
  ["Receipts as usual", "receipts", { how: "on" }],
];
const WINDOW = [
  ["A day passes (24-hour window)", "clock", { ahead_s: 90_000 }],
];

export class Phone {
  #root;
  #line;
  #person = null;
  #drawn = [];
  #news = null;
  #typingTimer = 0;

  constructor(template, line) {
    this.#line = line;
    const kind = KINDS[line.key];
    this.#root = template.content.firstElementChild.cloneNode(true);
    this.#root.classList.add(line.key.split("_")[0]);
    this.#root.id = `phone-${line.key}`;
    this.#part("h2").textContent = kind.title;
    this.#part(".avatar").textContent = kind.title.slice(0, 1);
    this.#fill(kind);
    this.#listen();
    setInterval(() => countDown(this.#root), 1000);
  }

  get root() { return this.#root; }
  get title() { return KINDS[this.#line.key].title; }

  // A button in the head that leads to another phone in the same place.
  addSwitch(label, action) {
    const button = this.#button(label, action);
    button.className = "switch";
    this.#part(".trouble").before(button);
  }

  // Shows the phone of `person`; `news` is its last known state, or nothing yet.
  show(person, news) {
    this.#person = person;
    this.#drawn = [];
    this.#news = null;
    const title = `${person.name}’s ${this.title}`;
    this.#root.setAttribute("aria-label", title);
    this.#part(".thread").setAttribute("aria-label", `Messages: ${title}`);
    this.#part(".write label").textContent = `Message: ${title}`;
    this.#part(".problem").textContent = "";
    this.#part(".thread").replaceChildren();
    this.draw(news ?? { bubbles: [], shut: "", typing_for_s: 0, window_for_s: null });
  }

  draw(news) {
    const first = this.#news === null;
    const known = first ? news.bubbles.length : this.#news.bubbles.length;
    this.#news = news;
    this.#drawBubbles(news);
    const own = this.#line.key === "telegram" ? `id ${this.#person.telegram}` : this.#person.phone;
    this.#part(".note").textContent = own;
    this.#part(".note").title = `${own}, writing to ${this.#line.address}`;
    const notice = NOTICES[news.shut || (news.window_for_s === 0 ? "late" : "")] ?? "";
    this.#part(".shut").hidden = !notice;
    this.#part(".shut").textContent = notice;
    this.#showTyping(news.typing_for_s);
    const fresh = news.bubbles.slice(known).filter((item) => item.side !== "out");
    if (fresh.length) {
      this.#part(".spoken").textContent = `${this.title}: ${fresh.map((item) => item.text).join("\n")}`;
    }
    countDown(this.#root);
  }

  #part(selector) { return this.#root.querySelector(selector); }

  #fill(kind) {
    const box = this.#part("textarea");
    box.id = `text-${this.#line.key}`;
    this.#part(".write label").htmlFor = box.id;
    this.#part(".hints").append(...HINTS.map((text) => this.#button(text, () => this.#do({ do: "text", text }))));
    const more = kind.more.map((what) => this.#button(LABELS[what] ?? what, () => this.#more(what)));
    this.#part(".more .sheet").append(...more);
    const lost = { kind: "undelivered", code: kind.lost };
    const told = [
      ...TROUBLES,
      ...(kind.lost ? [["Next send: never delivered", "faults", lost], ...REPORTED] : []),
      ...(kind.title.startsWith("WhatsApp") ? WINDOW : []),
    ].map(([label, name, said]) => this.#button(label, () => this.#trouble(name, said)));
    this.#part(".trouble .sheet").append(...told);
    this.#part(".trouble summary").setAttribute("aria-label", `Trouble on ${kind.title}`);
    this.#part(".more summary").setAttribute("aria-label", `More to send on ${kind.title}`);
  }

  #button(label, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => {
      made.closest("details")?.removeAttribute("open");
      action();
    });
    return made;
  }

  #listen() {
    const form = this.#part(".write");
    const box = this.#part("textarea");
    const file = this.#part(".file");
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = box.value;
      if (!text.trim()) return;
      box.value = "";
      const bubble = form.dataset.editing;
      delete form.dataset.editing;
      const done = await this.#do(bubble ? { do: "edit", bubble, text } : { do: "text", text });
      if (!done) box.value = text;
      box.focus();
    });
    file.addEventListener("change", () => {
      const [chosen] = file.files;
      file.value = "";
      if (chosen) this.#send(async () => ({ do: "media", file: (await server.keepFile(this.#line.platform, chosen)).file }));
    });
  }

  #more(what) {
    const { phone } = this.#person;
    if (what === "file") this.#part(".file").click();
    else if (what === "contact") this.#do({ do: "contact", phone });
    else if (LABELS[what]) this.#do({ do: what });
    else this.#do({ do: "text", text: what });
  }

  #do(act) { return this.#send(async () => act); }

  async #send(prepare) {
    const problem = this.#part(".problem");
    const person = this.#person.key;
    problem.textContent = "";
    try {
      await server.act({ person, line: this.#line.key, ...(await prepare()) });
      return true;
    } catch (error) {
      problem.textContent = error.message;
      return false;
    }
  }

  async #trouble(name, said) {
    const problem = this.#part(".problem");
    try {
      await server.command(this.#line.platform, name, said);
      problem.textContent = "";
    } catch (error) {
      problem.textContent = error.message;
    }
  }

  get #does() {
    const changes = KINDS[this.#line.key].changes ?? [];
    const all = {
      react: (item, text) => this.#do({ do: "reaction", bubble: item.id, text }),
      revoke: (item) => this.#do({ do: "revoke", bubble: item.id }),
      edit: (item) => {
        const box = this.#part("textarea");
        this.#part(".write").dataset.editing = item.id;
        box.value = item.text;
        box.focus();
      },
    };
    const can = Object.fromEntries(changes.map((name) => [name, all[name]]));
    return { ...can, tap: (item, choice) => this.#do({ do: "tap", bubble: item.id, choice }) };
  }

  // Only what is different is drawn anew: what is open or focused in the rest stays so.
  #drawBubbles(news) {
    const thread = this.#part(".thread");
    const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
    const byId = new Map(news.bubbles.map((item) => [item.id, item]));
    const pictures = news.bubbles.map((item) => JSON.stringify(item));
    if (!this.#drawn.length) thread.replaceChildren();
    news.bubbles.forEach((item, index) => {
      if (this.#drawn[index] === pictures[index]) return;
      const row = drawBubble(item, byId.get(item.reply_to), this.#does);
      if (thread.children[index]) thread.children[index].replaceWith(row);
      else thread.append(row);
    });
    while (thread.children.length > news.bubbles.length) thread.lastElementChild.remove();
    this.#drawn = pictures;
    if (!news.bubbles.length) {
      const empty = document.createElement("li");
      empty.className = "empty";
      empty.textContent = "No messages yet.";
      thread.append(empty);
    }
    if (atEnd) thread.scrollTop = thread.scrollHeight;
  }

  #showTyping(seconds) {
    clearTimeout(this.#typingTimer);
    const typing = this.#part(".typing");
    typing.hidden = seconds <= 0;
    if (seconds > 0) this.#typingTimer = setTimeout(() => { typing.hidden = true; }, seconds * 1000);
  }
}
