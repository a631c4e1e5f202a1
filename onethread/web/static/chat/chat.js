// The chat as a custom element: what the customer writes goes to the link, what the link brings is shown.
import { Attention } from "./attention.js";
import { Files } from "./files.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { Menu } from "./menu.js";
import { LANGUAGES, localeOf, textsFor } from "./texts.js";
import { dress } from "./theme.js";

const TEXT_MAX = 4000;
const NEAR_END_PX = 80;
const TYPING_SHOWN_MS = 6000;
const TYPING_SENT_MS = 3000;
// A phone's own keyboard says what its keys do.
const HAS_KEYS = !matchMedia("(pointer: coarse)").matches;
const LANGUAGE = "onethread.language";

class OnethreadChat extends HTMLElement {
  #texts;
  #embedded = document.documentElement.dataset.embed === "yes";
  #link;
  #log;
  #files;
  #menu;
  #attention = new Attention(this.#embedded);
  #parts = {};
  #state = { owner: "bot", agent: null, stopped: false, working: false };
  #line = "";
  #typingTimer = 0;
  #typingSentAt = 0;
  #readSeq = 0;
  #shownSeq = 0;
  #receivedSeq = 0;
  #synced = false;
  #follows = true;
  #waitsForFiles = false;

  async connectedCallback() {
    const language = chosenLanguage() ?? document.documentElement.lang;
    const { fileMax, filesMax } = this.dataset;
    for (const part of this.querySelectorAll("[data-part]")) this.#parts[part.dataset.part] = part;
    this.#parts.text = this.querySelector("textarea");
    this.#link = new Link({ embedded: this.#embedded, language });
    const headers = () => this.#link.headers();
    this.#log = new Log(this.#parts.log, { headers, tap: (button) => this.#tap(button) });
    this.#files = new Files(this.#parts.tray, {
      headers,
      limits: { size: Number(fileMax), most: Number(filesMax) },
    });
    this.#menu = new Menu(this.#parts.menu, this.#parts.panel, {
      hasSound: this.#attention.hasSound,
      sound: (on) => this.#attention.sound(on),
      language: (code) => this.#choose(code),
      links: () => this.#link.links(),
    });
    this.#link.addEventListener("line", (event) => this.#showLine(event.detail));
    this.#link.addEventListener("frame", (event) => this.#take(event.detail));
    this.#link.addEventListener("expired", () => this.#startAnew());
    await this.#speak(language);
    this.#listen();
    this.#listenForFiles();
    for (const kept of this.#link.unsent) this.#log.showOwn(kept, "waiting");
    this.#link.start();
    this.#tellSite("ready");
  }

  async #choose(language) {
    try {
      localStorage.setItem(LANGUAGE, language);
    } catch {
      // It then holds until a reload.
    }
    await this.#speak(language);
    this.#link.language = language;
  }

  // The page speaks as the customer is written to, unless a language was chosen in the menu.
  #followLanguage(language) {
    if (language in LANGUAGES && language !== document.documentElement.lang && !chosenLanguage())
      this.#speak(language);
  }

  async #speak(language) {
    const texts = (this.#texts = await textsFor(language));
    document.documentElement.lang = language;
    const { form, text, log, scroller, label, send, close, jump, attach, drop } = this.#parts;
    form.setAttribute("aria-label", texts.compose);
    text.placeholder = texts.placeholder;
    label.textContent = texts.label;
    send.setAttribute("aria-label", texts.send);
    close.setAttribute("aria-label", texts.close);
    close.hidden = !this.#embedded;
    attach.setAttribute("aria-label", texts.attach);
    drop.textContent = texts.drop;
    jump.textContent = texts.newMessages;
    log.setAttribute("aria-label", texts.log);
    scroller.setAttribute("aria-label", texts.log);
    this.#log.speak(texts, localeOf(language));
    this.#files.speak(texts, localeOf(language));
    this.#menu.speak(texts, language);
    this.#hint();
    this.#showState();
    this.#showLine(this.#line);
  }

  #listen() {
    const { form, text, log, scroller, jump, close } = this.#parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#post();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#post();
      }
    });
    text.addEventListener("input", () => {
      this.#hint();
      this.#sayTyping();
    });
    scroller.addEventListener("scroll", () => {
      this.#follows = this.#isAtEnd();
      if (this.#follows) this.#reachedEnd();
    });
    // A picture has its height only once it is there.
    new ResizeObserver(() => this.#follows && this.#toEnd()).observe(log);
    jump.addEventListener("click", () => {
      this.#toEnd();
      text.focus();
    });
    close.addEventListener("click", () => this.#tellSite("close"));
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (this.#menu.isOpen) this.#menu.toggle(false);
      else this.#tellSite("close");
    });
    addEventListener("message", (event) => {
      if (this.#embedded && event.source === parent) this.#hear(event.data ?? {});
    });
    addEventListener("focus", () => this.#reportSeen());
    document.addEventListener("visibilitychange", () => this.#reportSeen());
    // Where the keyboard of a phone lies over the page instead of shrinking it.
    visualViewport?.addEventListener("resize", () => {
      const atEnd = this.#isAtEnd();
      this.style.setProperty("--high", `${visualViewport.height}px`);
      if (atEnd) this.#toEnd();
    });
  }

  #listenForFiles() {
    const { attach, picker, text, drop } = this.#parts;
    attach.addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      this.#files.add(picker.files);
      picker.value = "";
      text.focus();
    });
    text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.#files.add(event.clipboardData.files);
    });
    const brings = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) drop.hidden = true;
    });
    addEventListener("drop", (event) => {
      drop.hidden = true;
      if (!brings(event)) return;
      event.preventDefault();
      this.#files.add(event.dataTransfer.files);
    });
    this.#files.addEventListener("problem", (event) => this.#hint(event.detail));
    this.#files.addEventListener("removed", () => text.focus());
    this.#files.addEventListener("change", () => {
      if (this.#files.isBroken) this.#waitsForFiles = false;
      else if (this.#waitsForFiles && !this.#files.isBusy) this.#post();
    });
  }

  // What the site around a frame says.
  #hear({ onethread: what, ...more }) {
    if (what === "opened") {
      this.#parts.text.focus();
      this.#reachedEnd();
    } else if (what === "theme") dress(more);
    else if (what === "identify") this.#link.identify(String(more.token));
    else if (what === "focus") {
      this.#attention.focused = Boolean(more.on);
      this.#reportSeen();
    }
  }

  #tellSite(what) {
    if (this.#embedded) parent.postMessage({ onethread: what }, "*");
  }

  #post() {
    const { text } = this.#parts;
    const value = text.value.trim();
    this.#waitsForFiles = false;
    if (!value && this.#files.isEmpty) return;
    if (value.length > TEXT_MAX) {
      this.#hint(this.#texts.tooLong);
      return;
    }
    if (this.#files.isBroken) {
      this.#hint(this.#texts.uploadFailed);
      return;
    }
    if (this.#files.isBusy) {
      this.#waitsForFiles = true;
      this.#hint(this.#texts.uploading);
      return;
    }
    if (this.#files.isEmpty) this.#say({ type: "message", text: value });
    else this.#say({ type: "media", text: value, files: this.#files.take() });
    text.value = "";
    this.#hint();
    text.focus();
  }

  #tap({ tap, title }) {
    this.#say({ type: "tap", tap, text: title });
    this.#parts.text.focus();
  }

  #say(frame) {
    const kept = { ...frame, id: crypto.randomUUID(), at: new Date().toISOString() };
    this.#log.showOwn(kept, "sending");
    // What shows a file here is gone after a reload; the server has the file.
    this.#link.post({ ...kept, files: kept.files?.map(({ url, ...file }) => file) });
    this.#toEnd();
  }

  #sayTyping() {
    const now = Date.now();
    if (now - this.#typingSentAt > TYPING_SENT_MS && this.#state.owner !== "bot") {
      this.#typingSentAt = now;
      this.#link.tell({ type: "typing" });
    }
  }

  #take(frame) {
    switch (frame.type) {
      case "thread":
        if (frame.reset) this.#log.clear();
        this.#readSeq = this.#receivedSeq = this.#shownSeq = 0;
        for (const kept of this.#link.unsent) this.#log.showOwn(kept, "sending");
        break;
      case "lines":
        this.#showLines(frame.items);
        this.#shownSeq = frame.told;
        this.#reportSeen();
        break;
      case "waiting":
        this.#keepPlace(() => this.#log.showWaiting(frame.items));
        break;
      case "state":
        this.#state = frame;
        this.#followLanguage(frame.language);
        this.#showState();
        this.#log.markSeen(frame.seen);
        if (!this.#synced) this.#settle();
        break;
      case "ack":
        this.#log.mark(frame.id, "sent");
        break;
      case "refused":
        this.#refused(frame);
        break;
      case "typing":
        this.#showTyping(true);
        break;
    }
  }

  #refused({ id, reason, retry_after: later, kept }) {
    if (later) {
      this.#log.mark(id, "waiting");
      return;
    }
    this.#log.mark(id, "failed", kept && (() => this.#say(kept)));
    if (reason === "too_long") this.#hint(this.#texts.tooLong);
  }

  #showLines(lines) {
    const foreign = lines.filter((line) => line.from !== "me").length;
    if (foreign) this.#showTyping(false);
    this.#keepPlace(() => {
      for (const line of lines) this.#log.showLine(line);
    });
    // What is told first may have been read before the page was loaded.
    const news = this.#synced ? foreign : lines.filter((line) => line.unread).length;
    if (news && !this.#attention.isWatched(this.#parts.scroller)) this.#attention.count(news, this.#synced);
  }

  // Follows the end when the customer is there, else leaves the place and offers a jump.
  #keepPlace(change) {
    const atEnd = this.#isAtEnd() || !this.#synced;
    const before = this.#parts.log.childElementCount;
    change();
    if (atEnd) this.#toEnd();
    else if (this.#parts.log.childElementCount > before) this.#parts.jump.hidden = false;
  }

  // The past is not read aloud; from here on new lines are.
  #settle() {
    this.#synced = true;
    if (this.#log.isEmpty) this.#log.showNote("welcome");
    this.#toEnd();
    this.#parts.log.setAttribute("aria-live", "polite");
  }

  #startAnew() {
    this.#log.clear();
    this.#log.showNote("newThread");
  }

  #showState() {
    const { owner, agent, stopped, working } = this.#state;
    const name = agent ?? this.#texts.aPerson;
    this.#parts.role.textContent =
      owner === "agent"
        ? this.#texts.agentRole(name)
        : owner === "queue"
          ? this.#texts.queueRole
          : this.#texts.assistantRole;
    this.#showTyping(working);
    if (stopped) this.#hint(this.#texts.stopped);
  }

  #showTyping(on) {
    clearTimeout(this.#typingTimer);
    const { typing } = this.#parts;
    const shown = on && !this.#state.stopped;
    if (shown === !typing.hidden) {
      if (shown) this.#typingTimer = setTimeout(() => this.#showTyping(this.#state.working), TYPING_SHOWN_MS);
      return;
    }
    const name = this.#state.agent ?? this.#texts.aPerson;
    this.#parts["typing-text"].textContent =
      this.#state.owner === "agent" ? this.#texts.typingAgent(name) : this.#texts.typing;
    const atEnd = this.#isAtEnd();
    typing.hidden = !shown;
    if (atEnd) this.#toEnd();
    if (shown && !this.#state.working)
      this.#typingTimer = setTimeout(() => this.#showTyping(false), TYPING_SHOWN_MS);
  }

  #showLine(state) {
    this.#line = state;
    const says = {
      connecting: this.#texts.connecting,
      offline: this.#texts.offline,
      lost: this.#texts.noChat,
      crowded: this.#texts.busyTabs,
    }[state];
    this.#parts.line.textContent = says ?? "";
    this.#parts.line.hidden = !says;
    if (state !== "open") this.#log.markSending("waiting");
    this.dataset.line = state;
  }

  #hint(problem = "") {
    const { hint, text } = this.#parts;
    const left = TEXT_MAX - text.value.length;
    hint.textContent = problem || (left < 200 ? this.#texts.left(left) : HAS_KEYS ? this.#texts.hint : "");
    hint.classList.toggle("bad", Boolean(problem));
  }

  #isAtEnd() {
    const { scroller } = this.#parts;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    const { scroller } = this.#parts;
    this.#follows = true;
    scroller.scrollTop = scroller.scrollHeight;
    this.#reachedEnd();
  }

  #reachedEnd() {
    this.#parts.jump.hidden = true;
    this.#reportSeen();
  }

  #reportSeen() {
    const isSeen = this.#attention.isWatched(this.#parts.scroller) && this.#isAtEnd();
    if (isSeen) this.#attention.clear();
    if (isSeen && this.#shownSeq > this.#readSeq) {
      this.#readSeq = this.#receivedSeq = this.#shownSeq;
      this.#link.tell({ type: "read", seq: this.#readSeq });
    } else if (this.#shownSeq > this.#receivedSeq) {
      this.#receivedSeq = this.#shownSeq;
      this.#link.tell({ type: "received", seq: this.#receivedSeq });
    }
  }
}

function chosenLanguage() {
  try {
    const chosen = localStorage.getItem(LANGUAGE);
    return chosen in LANGUAGES ? chosen : null;
  } catch {
    return null;
  }
}

customElements.define("onethread-chat", OnethreadChat);
