// The fourth phone: the shop's own chat, the real one, in a frame.

export class Webchat {
  #root;
  #house;
  #frames = new Map(); // kept while somebody else's are shown: a frame loaded anew is a new visit

  constructor(template, house) {
    this.#house = house;
    this.#root = template.content.firstElementChild.cloneNode(true);
    this.#root.id = "phone-webchat";
    this.#root.querySelector("h2").textContent = this.title;
    this.#root.querySelector(".avatar").textContent = "W";
  }

  get root() { return this.#root; }
  get title() { return "Web chat"; }

  show(person) {
    const title = `${person.name}’s web chat`;
    const address = `${this.#house}/chat?embed=1&guest=${person.key}`;
    this.#root.setAttribute("aria-label", title);
    this.#root.querySelector(".note").textContent = "the shop’s site";
    this.#root.querySelector(".out").href = address;
    let frame = this.#frames.get(person.key);
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = title;
      frame.src = address;
      this.#frames.set(person.key, frame);
      this.#root.querySelector(".frame").append(frame);
    }
    for (const other of this.#frames.values()) other.hidden = other !== frame;
  }
}
