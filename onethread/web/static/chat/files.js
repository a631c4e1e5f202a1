// Files on their way out: chosen, pasted or dropped, uploaded at once, named by the message that follows.
export class Files extends EventTarget {
  #tray;
  #texts;
  #headers;
  #limits;
  #size;
  #items = new Map();
  #next = 1;

  constructor(tray, { headers, limits }) {
    super();
    this.#tray = tray;
    this.#headers = headers;
    this.#limits = limits;
  }

  speak(texts, language) {
    this.#texts = texts;
    this.#size = sizes(language);
    this.#tray.setAttribute("aria-label", texts.files);
    for (const item of this.#items.values()) this.#draw(item);
  }

  get isEmpty() {
    return this.#items.size === 0;
  }

  get isBusy() {
    return [...this.#items.values()].some((item) => item.state === "going");
  }

  get isBroken() {
    return [...this.#items.values()].some((item) => item.state === "failed");
  }

  // Takes what fits; says of the first that does not why.
  add(list) {
    for (const file of list) {
      const problem = this.#problem(file);
      if (problem) {
        this.#tell(problem);
        continue;
      }
      const item = { key: this.#next++, file, state: "going", percent: 0, url: preview(file) };
      this.#items.set(item.key, item);
      this.#draw(item);
      this.#upload(item);
    }
    this.#changed();
  }

  // What the next message carries; the tray is empty afterwards.
  take() {
    const sent = [...this.#items.values()].map(({ told, url }) => ({ ...told, url }));
    this.#items.clear();
    this.#tray.replaceChildren();
    this.#changed();
    return sent;
  }

  #problem(file) {
    const { most, size } = this.#limits;
    if (this.#items.size >= most) return this.#texts.tooMany(most);
    if (file.size > size) return this.#texts.tooBig(file.name, this.#size(size));
    return file.size ? "" : this.#texts.wrongType(file.name);
  }

  #upload(item) {
    const request = new XMLHttpRequest();
    item.request = request;
    item.state = "going";
    request.open("POST", "/chat/files");
    for (const [name, value] of Object.entries(this.#headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", item.file.type || "application/octet-stream");
    request.setRequestHeader("x-file-name", encodeURIComponent(item.file.name));
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      item.percent = total ? Math.floor((loaded / total) * 99) : 0;
      this.#draw(item);
    });
    request.addEventListener("loadend", () => this.#ended(item, request));
    request.send(item.file);
  }

  #ended(item, request) {
    if (item.request !== request || !this.#items.has(item.key)) return;
    if (request.status === 201) {
      item.state = "there";
      item.told = JSON.parse(request.responseText);
    } else {
      item.state = "failed";
      this.#tell(this.#reason(request.status, item.file.name));
    }
    this.#draw(item);
    this.#changed();
  }

  #reason(status, name) {
    if (status === 413) return this.#texts.tooBig(name, this.#size(this.#limits.size));
    if (status === 415) return this.#texts.wrongType(name);
    return status === 429 ? this.#texts.uploadRate : this.#texts.uploadFailed;
  }

  #remove(item) {
    this.#items.delete(item.key);
    item.request.abort();
    if (item.url) URL.revokeObjectURL(item.url);
    item.chip.remove();
    this.#changed();
    this.dispatchEvent(new Event("removed"));
  }

  #draw(item) {
    item.chip ??= this.#tray.appendChild(this.#chip(item));
    const { chip } = item;
    const { name } = item.file;
    chip.dataset.state = item.state;
    chip.querySelector("progress").value = item.percent;
    chip.querySelector("progress").setAttribute("aria-label", this.#texts.progress(name, item.percent));
    chip.querySelector("progress").hidden = item.state !== "going";
    chip.querySelector(".size").textContent =
      item.state === "failed" ? this.#texts.uploadFailed : this.#size(item.file.size);
    const [again, remove] = chip.querySelectorAll("button");
    again.hidden = item.state !== "failed";
    again.setAttribute("aria-label", this.#texts.again(name));
    remove.setAttribute("aria-label", this.#texts.remove(name));
  }

  #chip(item) {
    const chip = element("li", "chip");
    const icon = item.url ? Object.assign(new Image(), { src: item.url, alt: "" }) : element("span", "sheet");
    const words = element("span", "words");
    words.append(Object.assign(element("bdi", "what"), { textContent: item.file.name }), element("span", "size"));
    const bar = Object.assign(element("progress"), { max: 100 });
    const again = Object.assign(element("button", "again"), { type: "button", textContent: "↻" });
    const remove = Object.assign(element("button", "remove"), { type: "button", textContent: "×" });
    again.addEventListener("click", () => {
      this.#upload(item);
      this.#draw(item);
      this.#changed();
      remove.focus();
    });
    remove.addEventListener("click", () => this.#remove(item));
    chip.append(icon, words, bar, again, remove);
    return chip;
  }

  #tell(problem) {
    this.dispatchEvent(new CustomEvent("problem", { detail: problem }));
  }

  #changed() {
    this.#tray.hidden = this.isEmpty;
    this.dispatchEvent(new Event("change"));
  }
}

export function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}

// Sizes as people of this language write them.
export function sizes(language) {
  const as = (unit) => new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 });
  const [kilo, mega] = [as("kilobyte"), as("megabyte")];
  return (bytes) => (bytes < 1e6 ? kilo.format(Math.ceil(bytes / 1e3)) : mega.format(bytes / 1e6));
}

export function isPicture(type) {
  return /^image\/(?:png|jpeg|gif|webp)$/u.test(type);
}

function preview(file) {
  return isPicture(file.type) ? URL.createObjectURL(file) : null;
}
