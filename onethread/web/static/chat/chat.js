// The chat as a custom element: what the customer writes goes to the link, what the link brings is shown.
import { Link } from "./link.js";
import { Log } from "./log.js";
import { textsFor } from "./texts.js";

const TEXT_MAX = 4000;
const NEAR_END_PX = 80;
const TYPING_SHOWN_MS = 6000;
const TYPING_SENT_MS = 3000;

class OnethreadChat extends HTMLElement {
  #texts;
  #link;
  #log;
  #parts = {};
  #state = { owner: "bot", agent: null, stopped: false, working: false };
  #typingTimer = 0;
  #typingSentAt = 0;
  #readSeq = 0;
  #shownSeq = 0;
  #receivedSeq = 0;
  #synced = false;
  #unread = 0;

  connectedCallback() {
    const embedded = document.documentElement.dataset.embed === "yes";
    this.#texts = textsFor(document.documentElement.lang);
    for (const part of this.querySelectorAll("[data-part]")) this.#parts[part.dataset.part] = part;
    this.#parts.text = this.querySelector("textarea");
    this.#log = new Log(this.#parts.log, this.#texts, document.documentElement.lang, {
      tap: (button) => this.#tap(button),
      retry: () => {},
    });
    this.#link = new Link({ embedded });
    this.#link.addEventListener("line", (event) => this.#showLine(event.detail));
    this.#link.addEventListener("frame", (event) => this.#take(event.detail));
    this.#link.addEventListener("expired", () => this.#startAnew());
    this.#fillTexts(embedded);
    this.#listen();
    for (const kept of this.#link.unsent) this.#log.showOwn(kept, "waiting");
    this.#link.start();
  }

  #fillTexts(embedded) {
    const { form, text, log, scroller, label, send, close, jump } = this.#parts;
    form.setAttribute("aria-label", this.#texts.compose);
    text.placeholder = this.#texts.placeholder;
    label.textContent = this.#texts.label;
    send.setAttribute("aria-label", this.#texts.send);
    close.setAttribute("aria-label", this.#texts.close);
    close.hidden = !embedded;
    jump.textContent = this.#texts.newMessages;
    log.setAttribute("aria-label", this.#texts.log);
    scroller.setAttribute("aria-label", this.#texts.log);
    this.#hint();
    this.#showState();
  }

  #listen() {
    const { form, text, scroller, jump, close } = this.#parts;
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
      if (this.#isAtEnd()) this.#reachedEnd();
    });
    jump.addEventListener("click", () => {
      this.#toEnd();
      text.focus();
    });
    close.addEventListener("click", () => parent.postMessage({ onethread: "close" }, "*"));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !close.hidden) parent.postMessage({ onethread: "close" }, "*");
    });
    addEventListener("message", (event) => {
      if (event.source === parent && event.data?.onethread === "opened") {
        text.focus();
        this.#reachedEnd();
      }
    });
    document.addEventListener("visibilitychange", () => this.#reportSeen());
  }

  #post() {
    const { text } = this.#parts;
    const value = text.value.trim();
    if (!value) return;
    if (value.length > TEXT_MAX) {
      this.#hint(this.#texts.tooLong);
      return;
    }
    this.#say({ type: "message", id: crypto.randomUUID(), text: value });
    text.value = "";
    this.#hint();
    text.focus();
  }

  #tap({ tap, title }) {
    this.#say({ type: "tap", id: crypto.randomUUID(), tap, text: title });
    this.#parts.text.focus();
  }

  #say(frame) {
    const kept = { ...frame, at: new Date().toISOString() };
    this.#log.showOwn(kept, "sending");
    this.#link.post(kept);
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
        this.#showState();
        if (!this.#synced) this.#settle();
        break;
      case "ack":
        this.#log.mark(frame.id, "sent");
        break;
      case "refused":
        if (frame.retry_after) this.#log.mark(frame.id, "waiting");
        else {
          this.#log.mark(frame.id, "failed");
          if (frame.reason === "too_long") this.#hint(this.#texts.tooLong);
        }
        break;
      case "typing":
        this.#showTyping(true);
        break;
    }
  }

  #showLines(lines) {
    const foreign = lines.filter((line) => line.from !== "me").length;
    if (foreign) this.#showTyping(false);
    this.#keepPlace(() => {
      for (const line of lines) this.#log.showLine(line);
    });
    if (foreign && this.#synced && (document.hidden || !this.#parts.scroller.clientHeight)) this.#count(foreign);
  }

  // Follows the end when the customer is there, else leaves the place and offers a jump.
  #keepPlace(change) {
    const atEnd = this.#isAtEnd() || !this.#synced;
    const before = this.#parts.log.childElementCount;
    change();
    if (atEnd) this.#toEnd();
    else if (this.#parts.log.childElementCount > before) this.#parts.jump.hidden = false;
  }

  #settle() {
    this.#synced = true;
    if (this.#log.isEmpty) this.#log.showNote(this.#texts.welcome);
    this.#toEnd();
  }

  #startAnew() {
    this.#log.clear();
    this.#log.showNote(this.#texts.newThread);
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
    const says = {
      connecting: this.#texts.connecting,
      offline: this.#texts.offline,
      lost: this.#texts.noChat,
      crowded: this.#texts.busyTabs,
      open: "",
    }[state];
    this.#parts.line.textContent = says;
    this.#parts.line.hidden = !says;
    if (state !== "open") this.#log.markSending("waiting");
    this.dataset.line = state;
  }

  #hint(problem = "") {
    const { hint, text } = this.#parts;
    const left = TEXT_MAX - text.value.length;
    hint.textContent = problem || (left < 200 ? this.#texts.left(left) : this.#texts.hint);
    hint.classList.toggle("bad", Boolean(problem));
  }

  #isAtEnd() {
    const { scroller } = this.#parts;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    const { scroller } = this.#parts;
    scroller.scrollTop = scroller.scrollHeight;
    this.#reachedEnd();
  }

  #reachedEnd() {
    this.#parts.jump.hidden = true;
    this.#reportSeen();
  }

  #reportSeen() {
    const { scroller } = this.#parts;
    // A frame that is closed on its site has no height, though the site itself is visible.
    const isSeen = !document.hidden && scroller.clientHeight > 0 && this.#isAtEnd();
    if (isSeen && this.#unread) this.#count(-this.#unread);
    if (isSeen && this.#shownSeq > this.#readSeq) {
      this.#readSeq = this.#receivedSeq = this.#shownSeq;
      this.#link.tell({ type: "read", seq: this.#readSeq });
    } else if (this.#shownSeq > this.#receivedSeq) {
      this.#receivedSeq = this.#shownSeq;
      this.#link.tell({ type: "received", seq: this.#receivedSeq });
    }
  }

  #count(more) {
    this.#unread += more;
    const title = document.title.replace(/^\(\d+\) /u, "");
    document.title = this.#unread ? `(${this.#unread}) ${title}` : title;
    if (parent !== window) parent.postMessage({ onethread: "unread", count: this.#unread }, "*");
  }
}

customElements.define("onethread-chat", OnethreadChat);
