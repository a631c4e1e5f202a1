// The menu in the head: language, sound, and where else the conversation can go on.
import { element } from "./files.js";
import { LANGUAGES } from "./texts.js";

const NAMES = { whatsapp: "WhatsApp", telegram: "Telegram", sms: "SMS" };

export class Menu {
  #button;
  #panel;
  #on;
  #parts = {};

  constructor(button, panel, on) {
    [this.#button, this.#panel, this.#on] = [button, panel, on];
    for (const part of panel.querySelectorAll("[data-menu]")) this.#parts[part.dataset.menu] = part;
    const { language, sound } = this.#parts;
    for (const [code, name] of Object.entries(LANGUAGES))
      language.append(Object.assign(new Option(name, code), { lang: code }));
    sound.checked = on.hasSound;
    button.addEventListener("click", () => this.toggle());
    language.addEventListener("change", () => on.language(language.value));
    sound.addEventListener("change", () => on.sound(sound.checked));
    panel.addEventListener("focusout", ({ relatedTarget: to }) => {
      if (to && to !== button && !panel.contains(to)) this.toggle(false, false);
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (!panel.contains(target) && !button.contains(target)) this.toggle(false, false);
    });
  }

  speak(texts, language) {
    const { language: chosen } = this.#parts;
    chosen.value = language;
    this.#button.setAttribute("aria-label", texts.menu);
    this.#panel.setAttribute("aria-label", texts.menu);
    for (const word of this.#panel.querySelectorAll("[data-text]")) word.textContent = texts[word.dataset.text];
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  toggle(open = !this.isOpen, refocus = true) {
    if (open === this.isOpen) return;
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (open) {
      this.#offer();
      this.#parts.language.focus();
    } else if (refocus) this.#button.focus();
  }

  // Links are made when they are asked for: each holds a code that is soon worth nothing.
  async #offer() {
    const { links, elsewhere } = this.#parts;
    const offered = await this.#on.links();
    links.replaceChildren(
      ...offered.map(({ channel, url }) => {
        const link = Object.assign(element("a", "link"), { href: url, target: "_blank", rel: "noopener noreferrer" });
        link.textContent = NAMES[channel] ?? channel;
        const item = element("li");
        item.append(link);
        return item;
      }),
    );
    elsewhere.hidden = !offered.length;
  }
}
