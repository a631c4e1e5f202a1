// The line to the server: session, socket, reconnection with back-off, and messages kept until acknowledged.
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000, 15000];
const PING_MS = 30_000;
const ANSWER_MS = 10_000;
// On a page that shows the chats of several people, each frame names its guest and keeps things of its own.
const GUEST = new URLSearchParams(location.search).get("guest")?.match(/^[a-z0-9]{1,32}$/)?.[0];
const SUFFIX = GUEST ? `.${GUEST}` : "";
const OUTBOX = `onethread.outbox${SUFFIX}`;
const TOKEN = `onethread.token${SUFFIX}`;
const NO_SESSION = 4401;
const TOO_MANY = 4429;

export class Link extends EventTarget {
  #socket = null;
  #tries = 0;
  #timer = 0;
  #retryTimer = 0;
  #pingTimer = 0;
  #answerTimer = 0;
  #inFlight = null;
  #ready = false;
  #lastSeq = 0;
  #thread = "";
  #embedded;
  #token = null;
  #login = null;
  #language;
  #outbox;

  constructor({ embedded, language }) {
    super();
    this.#embedded = embedded;
    this.#language = language;
    this.#token = embedded ? recall(localStorage, TOKEN) : null;
    this.#outbox = new Map((recall(sessionStorage, OUTBOX) ?? []).map((frame) => [frame.id, frame]));
  }

  start() {
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#say("offline"));
    document.addEventListener("visibilitychange", () => document.hidden || this.#now());
    this.#connect();
  }

  // What proves the session to the server; beside a cookie nothing is needed. Never part of a URL.
  headers() {
    return this.#token ? { authorization: `Bearer ${this.#token}` } : {};
  }

  set language(code) {
    this.#language = code;
    this.#send({ type: "language", language: code });
  }

  // Ways to go on elsewhere; none when they cannot be had.
  async links() {
    try {
      const answer = await fetch("/chat/links", { method: "POST", headers: this.headers() });
      return answer.ok ? (await answer.json()).links : [];
    } catch {
      return [];
    }
  }

  // The shop's word for who this is; kept until the server has heard it.
  identify(token) {
    this.#login = token;
    this.#signIn();
  }

  async #signIn() {
    const token = this.#login;
    if (!token || !this.#ready) return;
    const headers = { "content-type": "application/json", ...this.headers() };
    const body = JSON.stringify({ token });
    let status;
    try {
      ({ status } = await fetch("/chat/login", { method: "POST", headers, body }));
    } catch {
      return; // the next connection tries again
    }
    if (status === 409) {
      // Somebody else was signed in here: their conversation is not this person's.
      this.#forget();
      this.#abandon(this.#socket);
    } else if (status < 500 && status !== 429 && this.#login === token) this.#login = null;
  }

  // Messages and taps not acknowledged yet, oldest first.
  get unsent() {
    return [...this.#outbox.values()];
  }

  post(frame) {
    this.#outbox.set(frame.id, frame);
    this.#keep();
    this.#pump();
  }

  drop(id) {
    if (!this.#outbox.delete(id)) return;
    this.#keep();
    if (this.#inFlight === id) {
      this.#inFlight = null;
      this.#answered();
    }
    this.#pump();
  }

  // One message at a time, so that a refused one is never overtaken by the next.
  #pump() {
    if (!this.#ready || this.#inFlight) return;
    const next = this.#outbox.values().next().value;
    if (!next) return;
    this.#inFlight = next.id;
    this.#send(wire(next));
    this.#expectAnswer();
  }

  // A line that died without saying so is closed and opened again; nothing on it is lost.
  #expectAnswer() {
    clearTimeout(this.#answerTimer);
    const socket = this.#socket;
    this.#answerTimer = setTimeout(() => this.#abandon(socket), ANSWER_MS);
  }

  #answered() {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = 0;
  }

  tell(frame) {
    this.#send(frame);
  }

  #send(frame) {
    if (this.#ready && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #keep() {
    store(sessionStorage, OUTBOX, this.unsent);
  }

  #say(state) {
    this.dispatchEvent(new CustomEvent("line", { detail: state }));
  }

  #now() {
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #later(state = "lost") {
    clearTimeout(this.#timer);
    const wait = BACK_OFF_MS[Math.min(this.#tries, BACK_OFF_MS.length - 1)];
    this.#tries += 1;
    this.#timer = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
    this.#say(navigator.onLine ? state : "offline");
  }

  async #connect() {
    if (this.#socket) return;
    this.#socket = {};
    if (this.#tries === 0) this.#say("connecting");
    try {
      await this.#openSession();
    } catch {
      this.#socket = null;
      this.#later();
      return;
    }
    const url = new URL("chat/socket", location.origin);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#expectAnswer();
    socket.addEventListener("open", () => {
      const where = { last_seq: this.#lastSeq, thread: this.#thread, language: this.#language };
      socket.send(JSON.stringify({ type: "hello", token: this.#token, ...where }));
    });
    socket.addEventListener("message", (event) => {
      if (this.#socket === socket) this.#take(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  #abandon(socket) {
    socket.close?.();
    this.#closed(socket, 1006);
  }

  #closed(socket, code) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#ready = false;
    this.#inFlight = null;
    clearInterval(this.#pingTimer);
    this.#answered();
    if (code === TOO_MANY) {
      this.#tries = Math.max(this.#tries, 4);
      this.#later("crowded");
      return;
    }
    if (code === NO_SESSION) this.#forget();
    this.#later();
  }

  async #openSession() {
    const answer = await fetch("/chat/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(this.#embedded ? { embed: true, token: this.#token } : {}),
    });
    if (!answer.ok) throw new Error(`session: ${answer.status}`);
    const { token, resumed } = await answer.json();
    if (token) {
      this.#token = token;
      store(localStorage, TOKEN, token);
    }
    if (!resumed && this.#thread) this.dispatchEvent(new CustomEvent("expired"));
  }

  #forget() {
    this.#token = null;
    store(localStorage, TOKEN, null);
  }

  #take(frame) {
    switch (frame.type) {
      case "ready":
        this.#ready = true;
        this.#tries = 0;
        this.#say("open");
        this.#signIn();
        this.#answered();
        clearInterval(this.#pingTimer);
        this.#pingTimer = setInterval(() => {
          this.#send({ type: "ping" });
          this.#expectAnswer();
        }, PING_MS);
        // What was not acknowledged goes again: the server knows each id and shows it once.
        this.#pump();
        break;
      case "pong":
        if (!this.#inFlight) this.#answered();
        break;
      case "thread":
        this.#thread = frame.thread;
        this.#lastSeq = 0;
        break;
      case "lines":
        this.#lastSeq = Math.max(this.#lastSeq, frame.told);
        for (const line of frame.items) if (line.id) this.drop(line.id);
        break;
      case "waiting":
        for (const item of frame.items) this.drop(item.id);
        break;
      case "ack":
        this.drop(frame.id);
        break;
      case "refused":
        frame.kept = this.#outbox.get(frame.id);
        this.#refused(frame);
        break;
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #refused(frame) {
    if (!frame.retry_after) {
      if (frame.id) this.drop(frame.id);
      return;
    }
    this.#answered();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      this.#inFlight = null;
      this.#pump();
    }, frame.retry_after * 1000);
  }
}

// What of a kept message goes over the line; its time and label stay on the page.
function wire({ type, id, text, tap, files }) {
  if (type === "media") return { type, id, text, files: files.map((file) => file.id) };
  return type === "tap" ? { type, id, tap } : { type, id, text };
}

function recall(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

function store(storage, key, value) {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage may be switched off; the chat then forgets on reload.
  }
}
