// Files in the conversation: fetched with the session's token, pictures shown, everything else offered.
import { element, sizes } from "./files.js";

export class Shown {
  #headers;
  #texts;
  #size;
  #urls = new Map();

  constructor(headers) {
    this.#headers = headers;
  }

  speak(texts, language) {
    this.#texts = texts;
    this.#size = sizes(language);
  }

  picture(file) {
    const link = Object.assign(element("a", "picture"), { target: "_blank", rel: "noopener" });
    const picture = Object.assign(new Image(), { alt: file.name || this.#texts.picture });
    link.append(picture);
    this.#url(file).then(
      (url) => Object.assign(link, { href: url }) && Object.assign(picture, { src: url }),
      () => link.replaceWith(this.#gone(file)),
    );
    return link;
  }

  document(file) {
    const name = file.name || this.#texts.file;
    const button = Object.assign(element("button", "document"), { type: "button" });
    button.setAttribute("aria-label", this.#texts.download(name));
    const words = element("span", "words");
    words.append(Object.assign(element("bdi", "what"), { textContent: name }), element("span", "size"));
    if (file.size) words.lastChild.textContent = this.#size(file.size);
    button.append(element("span", "sheet"), words);
    button.addEventListener("click", async () => {
      try {
        Object.assign(element("a"), { href: await this.#url(file), download: name }).click();
      } catch {
        button.replaceWith(this.#gone(file));
      }
    });
    return button;
  }

  #gone(file) {
    const said = `${file.name || this.#texts.file}: ${this.#texts.fileGone}`;
    return Object.assign(element("div", "bubble gone"), { textContent: said });
  }

  // Kept per page: a picture just sent is not fetched back.
  #url(file) {
    if (file.url) this.#urls.set(file.id, Promise.resolve(file.url));
    if (!this.#urls.has(file.id)) {
      const fetched = this.#fetch(file.id);
      fetched.catch(() => this.#urls.delete(file.id));
      this.#urls.set(file.id, fetched);
    }
    return this.#urls.get(file.id);
  }

  async #fetch(id) {
    const answer = await fetch(`/chat/files/${id}`, { headers: this.#headers() });
    if (!answer.ok) throw new Error(`file: ${answer.status}`);
    return URL.createObjectURL(await answer.blob());
  }
}
