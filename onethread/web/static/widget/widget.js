// The chat on a shop's own site: a button that opens our page in a frame. One line to install:
// <script src="https://chat.example.com/chat/widget.js" async></script>
(() => {
  "use strict";
  const script = document.currentScript ?? document.querySelector('script[src$="/chat/widget.js"]');
  const home = new URL(script.src).origin;
  const { language = document.documentElement.lang, theme = "" } = script.dataset;
  const LABELS = {
    en: ["Open chat", "Close chat", "Chat", (n) => `Open chat, ${n} unread`],
    ro: ["Deschide conversația", "Închide conversația", "Conversație", (n) => `Deschide conversația, ${n} necitite`],
    ru: ["Открыть чат", "Закрыть чат", "Чат", (n) => `Открыть чат, непрочитанных: ${n}`],
    zh: ["打开聊天", "关闭聊天", "聊天", (n) => `打开聊天，${n} 条未读`],
  };
  const spoken = language.slice(0, 2).toLowerCase();
  const [openLabel, closeLabel, frameTitle, unreadLabel] = LABELS[spoken] ?? LABELS.en;
  const DRESS = "brand brand-ink brand-soft ground surface sunken ink soft-ink line radius font".split(" ");
  const USED = "onethread.used";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; font: 16px/1.4 system-ui, sans-serif;
      right: var(--onethread-right, 20px); left: var(--onethread-left, auto);
      bottom: calc(var(--onethread-bottom, 20px) + env(safe-area-inset-bottom)); }
    .launch { position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin-left: auto; padding: 0;
      border: 2px solid transparent; border-radius: 50%; background: var(--onethread-brand, #0f5c55);
      color: var(--onethread-brand-ink, #fff); box-shadow: 0 4px 16px rgb(0 0 0 / 25%); cursor: pointer; }
    .launch:hover { filter: brightness(.9); }
    .launch:focus-visible { outline: 3px solid #1a6fe0; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .unread { position: absolute; top: -4px; right: -4px; min-width: 22px; box-sizing: border-box; padding: 0 6px;
      border-radius: 99px; background: #b3261e; color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
    .frame { display: block; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 120px));
      margin-bottom: 14px; border: 0; border-radius: 16px; color-scheme: light dark;
      background: var(--onethread-surface, Canvas); box-shadow: 0 8px 40px rgb(0 0 0 / 28%); }
    [hidden] { display: none !important; }
    @media (max-width: 480px), (max-height: 480px) {
      :host([open]) { inset: var(--top, 0) 0 auto 0; height: var(--high, 100dvh); }
      :host([open]) .launch { display: none; }
      .frame { width: 100%; height: 100%; margin: 0; border-radius: 0; }
    }`;
  const ICON =
    "M12 3C6.9 3 3 6.6 3 11c0 2.3 1.1 4.4 2.8 5.8L5 21l4.3-2.3c.9.2 1.8.3 2.7.3 5.1 0 9-3.6 9-8s-3.9-8-9-8Z";

  class OnethreadWidget extends HTMLElement {
    #frame = null;
    #button;
    #badge;
    #unread = 0;
    #login = script.dataset.login;

    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.#button = make("button", { type: "button", className: "launch" });
      this.#badge = make("span", { className: "unread", hidden: true });
      this.#button.append(icon(), this.#badge);
      this.#button.addEventListener("click", () => this.toggle());
      root.append(this.#button);
      this.#label();
      addEventListener("message", (event) => this.#hear(event));
      addEventListener("keydown", (event) => {
        if (event.key === "Escape" && this.hasAttribute("open")) this.toggle(false);
      });
      for (const moment of ["focus", "blur", "visibilitychange"]) addEventListener(moment, () => this.#look(), true);
      dark.addEventListener("change", () => this.#dress());
      // On phones the keyboard covers the page: the frame keeps to what is left of it.
      for (const moment of ["resize", "scroll"]) visualViewport?.addEventListener(moment, () => this.#fit());
      // Whoever wrote before is told of an answer without opening the chat.
      if (recall()) this.#load();
    }

    toggle(open = !this.hasAttribute("open")) {
      this.toggleAttribute("open", open);
      if (open) this.#load();
      if (this.#frame) this.#frame.hidden = !open;
      if (open) {
        this.#fit();
        this.#tell("opened");
        this.#frame.focus();
      } else this.#button.focus();
      this.#look();
      this.#label();
    }

    // Who is signed in at the shop: a token that the shop's own server made for this visit.
    identify(token) {
      this.#login = token;
      if (token) this.#tell("identify", { token });
    }

    #load() {
      if (this.#frame) return;
      const wanted = new URLSearchParams({ embed: "1" });
      if (spoken in LABELS) wanted.set("language", spoken);
      if (theme) wanted.set("theme", theme);
      this.#frame = make("iframe", { className: "frame", title: frameTitle, src: `${home}/chat?${wanted}`, hidden: true });
      this.#button.before(this.#frame);
    }

    #tell(what, more = {}) {
      this.#frame?.contentWindow?.postMessage({ onethread: what, ...more }, home);
    }

    #hear(event) {
      if (event.origin !== home || event.source !== this.#frame?.contentWindow) return;
      const { onethread: what, count } = event.data ?? {};
      if (what === "ready") this.#started();
      if (what === "close" && this.hasAttribute("open")) this.toggle(false);
      if (what === "unread" && Number.isSafeInteger(count)) this.#count(count);
    }

    #started() {
      remember();
      this.#dress();
      this.#look();
      this.identify(this.#login);
      if (this.hasAttribute("open")) this.#tell("opened");
    }

    #count(count) {
      this.#unread = count;
      this.#badge.textContent = count > 99 ? "99+" : String(count);
      this.#badge.hidden = !count;
      const title = document.title.replace(/^\(\d+\) /u, "");
      document.title = count ? `(${count}) ${title}` : title;
      this.#label();
    }

    // The site's own CSS variables dress the frame, which cannot see them.
    #dress() {
      const style = getComputedStyle(this);
      const values = DRESS.map((name) => [name, style.getPropertyValue(`--onethread-${name}`).trim()]);
      this.#tell("theme", Object.fromEntries(values.filter(([, value]) => value)));
    }

    // A frame cannot know whether anybody looks at the window it is in.
    #look() {
      this.#tell("focus", { on: this.hasAttribute("open") && document.hasFocus() });
    }

    #fit() {
      if (!visualViewport || !this.hasAttribute("open")) return;
      this.style.setProperty("--high", `${visualViewport.height}px`);
      this.style.setProperty("--top", `${visualViewport.offsetTop}px`);
    }

    #label() {
      const open = this.hasAttribute("open");
      const closed = this.#unread ? unreadLabel(this.#unread) : openLabel;
      this.#button.setAttribute("aria-label", open ? closeLabel : closed);
      this.#button.setAttribute("aria-expanded", String(open));
    }
  }

  function make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function recall() {
    try {
      return localStorage.getItem(USED);
    } catch {
      return null;
    }
  }

  function remember() {
    try {
      localStorage.setItem(USED, "yes");
    } catch {
      // Storage may be switched off: the badge then waits for the first opening.
    }
  }

  function icon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "28", height: "28", "aria-hidden": "true" }))
      svg.setAttribute(name, value);
    path.setAttribute("d", ICON);
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    return svg;
  }

  if (!customElements.get("onethread-widget")) {
    customElements.define("onethread-widget", OnethreadWidget);
    const place = () => document.body.append(document.createElement("onethread-widget"));
    if (document.body) place();
    else addEventListener("DOMContentLoaded", place);
  }
})();
