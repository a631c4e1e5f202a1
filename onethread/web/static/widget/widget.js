// The chat on a shop's own site: a button that opens our page in a frame. One line to install:
// <script src="https://chat.example.com/chat/widget.js" async></script>
(() => {
  "use strict";
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const LABELS = { en: ["Open chat", "Close chat", "Chat"] };
  const [openLabel, closeLabel, frameTitle] =
    LABELS[(script.dataset.language ?? document.documentElement.lang).slice(0, 2)] ?? LABELS.en;

  const STYLE = `
    :host { all: initial; position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; font: 16px/1.4 system-ui, sans-serif; }
    .launch { position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin-left: auto; border: 0;
      border-radius: 50%; background: #0f5c55; color: #fff; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); cursor: pointer; }
    .launch:hover { background: #0b4842; }
    .launch:focus-visible { outline: 3px solid #1a6fe0; outline-offset: 3px; }
    .unread { position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 0 6px; border-radius: 99px;
      background: #b3261e; color: #fff; font-size: 13px; line-height: 22px; text-align: center; }
    .frame { width: 400px; height: min(640px, calc(100dvh - 120px)); margin-bottom: 14px; border: 0; border-radius: 16px;
      background: #fff; box-shadow: 0 8px 40px rgb(0 0 0 / 28%); }
    [hidden] { display: none !important; }
    @media (max-width: 480px) {
      :host([open]) { inset: 0; }
      :host([open]) .launch { display: none; }
      .frame { width: 100%; height: 100dvh; margin: 0; border-radius: 0; }
    }
    @media (prefers-color-scheme: dark) { .frame { background: #1a2423; } }`;
  const ICON =
    "M12 3C6.9 3 3 6.6 3 11c0 2.3 1.1 4.4 2.8 5.8L5 21l4.3-2.3c.9.2 1.8.3 2.7.3 5.1 0 9-3.6 9-8s-3.9-8-9-8Z";

  class OnethreadWidget extends HTMLElement {
    #frame = null;
    #button;
    #badge;

    connectedCallback() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.#button = document.createElement("button");
      this.#button.type = "button";
      this.#button.className = "launch";
      this.#badge = document.createElement("span");
      this.#badge.className = "unread";
      this.#badge.hidden = true;
      this.#button.append(icon(), this.#badge);
      this.#button.addEventListener("click", () => this.toggle());
      root.append(this.#button);
      this.#label();
      addEventListener("message", (event) => this.#hear(event));
    }

    toggle(open = !this.hasAttribute("open")) {
      if (open && !this.#frame) {
        this.#frame = document.createElement("iframe");
        this.#frame.className = "frame";
        this.#frame.title = frameTitle;
        this.#frame.src = `${home}/chat?embed=1`;
        this.#frame.addEventListener("load", () => this.#tell("opened"));
        this.#button.before(this.#frame);
      }
      this.toggleAttribute("open", open);
      if (this.#frame) this.#frame.hidden = !open;
      if (open) this.#tell("opened");
      else this.#button.focus();
      this.#label();
    }

    #tell(what) {
      this.#frame?.contentWindow?.postMessage({ onethread: what }, home);
    }

    #hear(event) {
      if (event.origin !== home || event.source !== this.#frame?.contentWindow) return;
      if (event.data?.onethread === "close") this.toggle(false);
      if (event.data?.onethread === "unread") {
        this.#badge.textContent = String(event.data.count);
        this.#badge.hidden = !event.data.count;
      }
    }

    #label() {
      const open = this.hasAttribute("open");
      this.#button.setAttribute("aria-label", open ? closeLabel : openLabel);
      this.#button.setAttribute("aria-expanded", String(open));
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
